/**
 * The script of a thread that run() starts. Calls the function of the thread's task, and reports what
 * it returns. An error of the function or of its module is an uncaught exception of the thread, as if
 * the thread's script had thrown it.
 */
import { fileURLToPath } from 'node:url'
import { noFunction } from '../errors/errors'
import { TASK_KEY, type TaskStart } from './protocol'

/** Saved before the module can replace it. */
const enqueue = queueMicrotask

interface Exports {
  readonly [exportName: string]: unknown
}

/**
 * The default of a CommonJS module is `module.exports`. If that comes from a compiler of ES modules
 * (TypeScript, for example), its default is the one that the source exports.
 */
function exportOf(module: Exports, name: string): unknown {
  const value = module[name]
  if (name !== 'default' || typeof value !== 'object' || value === null) return value
  const compiled = value as Exports
  return compiled['__esModule'] === true ? compiled['default'] : value
}

async function runTask(): Promise<void> {
  const { task, post } = Reflect.get(globalThis, TASK_KEY) as TaskStart
  Reflect.deleteProperty(globalThis, TASK_KEY)
  try {
    // The module is the thread's script, not this file. Reflect: a preload may have frozen the array.
    const isFile = task.module.startsWith('file:')
    Reflect.set(process.argv, 1, isFile ? fileURLToPath(task.module) : task.module)
    const module = (await import(task.module)) as Exports
    const called = exportOf(module, task.exportName)
    if (typeof called !== 'function') throw noFunction(task.module, task.exportName, module)
    const value: unknown = await (called as (...args: readonly unknown[]) => unknown)(...task.args)
    post({ type: 'result', value })
  } catch (error) {
    // Not a rejection, which the thread's flags may tell Node to ignore.
    enqueue(() => {
      throw error
    })
  }
}

void runTask()
