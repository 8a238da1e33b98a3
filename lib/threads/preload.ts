/**
 * Runs in every spawned thread before the user's script is read. So the thread counts down even if
 * the script does not parse, does not exist or fails to import.
 *
 * scripts/setup.mjs bundles it into one file, which loads only Node's own modules and the addon.
 * Package managers replace the module loader later, bundlers may copy no other file, and a missing
 * file must not keep the thread from taking over its count.
 */
import { getEnvironmentData, MessagePort, setEnvironmentData } from 'node:worker_threads'
import type { Native } from '../binding/addon'
import { RECORD_BYTES, viewOf } from '../binding/layout'
import { isBun } from '../runtime/host'
import { reportDeath } from './death-hooks'
import { onFirstRead } from './first-read'
import { acknowledgeAtOnce } from './output/ignore-backpressure'
import { STREAM_NAMES, type OutputStart } from './output/messages'
import { OutputSender } from './output/sender'
import { START_KEY, TASK_KEY, type Restore, type TaskStart, type ThreadStart } from './protocol'
import { serializeError } from './transfer/serialize-error'

type Post = TaskStart['post']

// A worker of a spawned thread inherits the preload, but has no ThreadStart.
const start = getEnvironmentData(START_KEY) as unknown as ThreadStart | undefined
if (start === undefined) {
  // It also inherits the flags that name the preload, if they were in execArgv.
  const named = process.execArgv.indexOf(__filename)
  if (named > 0) process.execArgv.splice(named - 1, 2)
} else {
  setEnvironmentData(START_KEY, undefined)
  prepare(start)
}

function prepare(start: ThreadStart): void {
  const { addon, group, byteOffset, record, port, restore, output, task } = start
  const { apply } = Reflect
  const postMessage = Reflect.get(MessagePort.prototype, 'postMessage') as Post
  const post: Post = (report) => {
    apply(postMessage, port, [report])
  }
  try {
    // First: whatever fails after this, the thread counts down.
    const native = load(addon)
    const takenOver = native.takeOverInThread(
      viewOf(group, byteOffset),
      viewOf(record, 0, RECORD_BYTES),
    )
    // If not, the thread was terminated while it started, and the parent has counted down.
    if (!takenOver) process.exit(1)
    reportDeath(post, redirectOutput(output, native))
    restoreOptions(restore)
    if (task !== undefined) offerTask({ task, post })
  } catch (error) {
    post({ type: 'error', error: serializeError(error), final: true })
    throw error
  }
}

/** @returns a function to call when the thread ends, after its script has printed the last. */
function redirectOutput(start: OutputStart | undefined, native: Native): () => void {
  const shared: { pollHooks?: Set<() => void>; ignoresBackpressure?: boolean } = native.shared
  shared.ignoresBackpressure = true
  const sender = start === undefined ? undefined : new OutputSender(start, native)
  const { streams = [] } = start ?? {}
  for (const name of STREAM_NAMES) {
    const isSent = streams.includes(name)
    onFirstRead(name, (stream) => {
      if (isSent) sender?.connect(name, stream)
      else acknowledgeAtOnce(stream)
    })
  }
  // The name of a Shared in waits/blocking.ts.
  ;(shared.pollHooks ??= new Set()).add(() => sender?.poll())
  return () => sender?.flush()
}

/**
 * Not an export: with --preserve-symlinks, the file that Node has preloaded and the file that
 * run-task.ts would import are two modules.
 */
function offerTask(value: TaskStart): void {
  Object.defineProperty(globalThis, TASK_KEY, { value, configurable: true })
}

/** As `require` does, but without its search for the file, which takes longer than loading it. */
function load(addon: string): Native {
  try {
    if (isBun) return module.require(addon) as Native
    const loaded = new (
      module.constructor as new (id: string, parent: NodeJS.Module) => NodeJS.Module
    )(addon, module)
    process.dlopen(loaded, addon)
    loaded.loaded = true
    require.cache[addon] = loaded
    return loaded.exports as Native
  } catch (error) {
    throw explain(error, addon)
  }
}

/** The thread must not run without the addon. Adds its file and a missing option to the error. */
function explain(error: unknown, addon: string): unknown {
  if (!(error instanceof Error)) return error
  const { message, stack } = error
  let hint = `\nfutex-waitgroup: a spawned thread has to load ${addon}`
  if ((process as { permission?: unknown }).permission !== undefined) {
    hint += ': --permission needs --allow-addons, and --allow-fs-read for the folder of the package'
  } else if ((error as { code?: unknown }).code === 'ERR_DLOPEN_DISABLED') {
    hint += ': it must not have --no-addons among its options'
  }
  error.message = message + hint
  if (stack !== undefined) error.stack = stack.replace(message, () => error.message)
  return error
}

/** Restores the options that named the preload, so that the script sees its own. */
function restoreOptions(restore: Restore): void {
  if (restore === undefined) return
  if ('execArgv' in restore) {
    process.execArgv = [...restore.execArgv]
  } else if (restore.nodeOptions === undefined) {
    delete process.env['NODE_OPTIONS']
  } else {
    process.env['NODE_OPTIONS'] = restore.nodeOptions
  }
}
