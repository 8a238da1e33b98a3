/**
 * Runs in every spawned thread before the user's script is read, so that a script that does not
 * parse, does not exist or fails to import still counts down.
 *
 * scripts/setup.mjs bundles it into one file, which loads nothing but Node's own modules and the
 * addon: package managers that replace the module loader do so after it, bundlers copy it alone, and
 * nothing that is missing beside it can keep it from taking over the count.
 */
import { getEnvironmentData, MessagePort, setEnvironmentData } from 'node:worker_threads'
import { reportDeath } from './death-hooks'
import { serializeError } from './error-transfer'
import { CELL_BYTES, viewOf } from './layout'
import type { Native } from './native'
import { detachStdio } from './stdio'
import { START_KEY, type Report, type Restore, type ThreadStart } from './thread-protocol'

// A worker that was started by a spawned thread inherits the preload, but finds nothing here.
const start = getEnvironmentData(START_KEY) as unknown as ThreadStart | undefined
if (start === undefined) {
  // It inherits the flags that named it, too, where those were given as such.
  const named = process.execArgv.indexOf(__filename)
  if (named > 0) process.execArgv.splice(named - 1, 2)
} else {
  setEnvironmentData(START_KEY, undefined)
  prepare(start)
}

function prepare({ addon, group, byteOffset, cell, port, restore }: ThreadStart): void {
  const { apply } = Reflect
  const postMessage = Reflect.get(MessagePort.prototype, 'postMessage') as (report: Report) => void
  const post = (report: Report): void => {
    apply(postMessage, port, [report])
  }
  try {
    // First of all: what fails after this counts down.
    const native = load(addon)
    if (native.guardThread(viewOf(group, byteOffset), viewOf(cell, 0, CELL_BYTES)) < 0) {
      // Terminated while it was starting: the parent has counted down.
      process.exit(1)
    }
    reportDeath(post)
    detachStdio(native.shared)
    putBack(restore)
  } catch (error) {
    post({ type: 'error', error: serializeError(error), final: true })
    throw error
  }
}

function load(addon: string): Native {
  try {
    return module.require(addon) as Native
  } catch (error) {
    throw explain(error, addon)
  }
}

/** The thread cannot be guarded and does not run. Says which file it needs, and which flag. */
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

/** The script finds its options as if the preload had never been named. */
function putBack(restore: Restore): void {
  if (restore === undefined) return
  if ('execArgv' in restore) {
    process.execArgv = [...restore.execArgv]
  } else if (restore.nodeOptions === undefined) {
    delete process.env['NODE_OPTIONS']
  } else {
    process.env['NODE_OPTIONS'] = restore.nodeOptions
  }
}
