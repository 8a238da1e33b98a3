import { Child } from './child'

/**
 * What a script of test/fixtures/ printed, as JSON, in a process of its own with a kill timer. Throws
 * with all that it printed if it failed, was killed, or complained.
 */
export async function resultOf(
  script: string,
  args: readonly string[] = [],
  flags: readonly string[] = [],
): Promise<unknown> {
  const { code, signal, stdout, stderr } = await Child.node(script, args, 100, flags).ended
  if (code !== 0 || stderr !== '') {
    throw new Error(`${[script, ...args].join(' ')}: ${signal ?? code}\n${stdout}${stderr}`)
  }
  return JSON.parse(stdout)
}
