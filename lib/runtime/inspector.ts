/** Whether a debugger can attach to the process. Only for the main thread: elsewhere false. */
export function isInspected(): boolean {
  try {
    return process.getBuiltinModule('node:inspector').url() !== undefined
  } catch {
    return false // built without an inspector
  }
}
