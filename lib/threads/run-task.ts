/**
 * The script of a thread that run() starts. Calls the function of the thread's task, and reports what
 * it returns. An error of the function or of its module is an uncaught exception of the thread, as if
 * the thread's script had thrown it.
 */
import { noFunction } from '../errors/errors'
import { taskStart } from './preload'

async function runTask(): Promise<void> {
  if (taskStart === undefined) return
  const { task, post } = taskStart
  try {
    const module = (await import(task.module)) as { readonly [exportName: string]: unknown }
    const called = module[task.exportName]
    if (typeof called !== 'function') throw noFunction(task.module, task.exportName, module)
    const value: unknown = await (called as (...args: readonly unknown[]) => unknown)(...task.args)
    post({ type: 'result', value })
  } catch (error) {
    // Not a rejection, which the thread's flags may tell Node to ignore.
    queueMicrotask(() => {
      throw error
    })
  }
}

void runTask()
