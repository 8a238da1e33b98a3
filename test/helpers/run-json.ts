import { Child, type ChildOptions } from './child'

/**
 * Runs a script of test/ in a process of its own with a kill timer, and returns the JSON that it
 * prints. Throws with all of its output if it fails, is killed, or writes to stderr.
 */
export async function runJson(
  script: string,
  args: readonly string[] = [],
  options?: ChildOptions,
): Promise<unknown> {
  const { code, signal, stdout, stderr } = await Child.node(script, args, options).ended
  if (code !== 0 || stderr !== '') {
    throw new Error(`${[script, ...args].join(' ')}: ${signal ?? code}\n${stdout}${stderr}`)
  }
  return JSON.parse(stdout)
}
