import { expect } from 'vitest'
import { Child, type ChildOptions } from './child'
import { inTest } from './paths'

const PRELOAD = inTest('threads/fixtures/spawn-options/preload.cjs')
const IMPORT = 'data:text/javascript,globalThis.imported="by --import"'

interface Parent {
  name: string
  flags?: string[]
  /** NODE_OPTIONS in its environment. */
  options?: string
  /** What a thread of this parent sees, for certain. */
  control?: Record<string, unknown>
}

export const parents: readonly Parent[] = [
  { name: 'of its own' },
  {
    name: 'with flags of V8',
    flags: ['--expose-gc', '--max-old-space-size=500'],
    control: { gc: 'function' },
  },
  {
    name: 'with flags that threads inherit',
    flags: ['--conditions=custom', '--import', IMPORT],
    control: { condition: 'custom', imported: 'by --import' },
  },
  {
    name: 'with a preload',
    flags: ['--require', PRELOAD, '--no-warnings'],
    control: { imported: 'by --require' },
  },
  {
    name: 'with NODE_OPTIONS',
    options: `--require "${PRELOAD.replaceAll('\\', '\\\\')}" --conditions=custom`,
    control: { imported: 'by --require', condition: 'custom' },
  },
  { name: 'with empty NODE_OPTIONS', options: '' },
  { name: 'with blank NODE_OPTIONS', options: '  ' },
  {
    name: 'with NODE_OPTIONS of a process',
    options: '--title="a b" --openssl-legacy-provider --report-on-fatalerror',
  },
  {
    name: 'with NODE_OPTIONS of a process, and flags of V8',
    flags: ['--expose-gc', '--max-old-space-size=500'],
    options: '--title=x --conditions=custom',
    control: { gc: 'function', condition: 'custom' },
  },
  {
    name: 'with quotes and backslashes in NODE_OPTIONS',
    options: `--title="a \\"b\\" \\\\c" --import "data:text/javascript,globalThis.imported='\\"\\\\\\\\'"`,
    control: { imported: '"\\' },
  },
  {
    name: 'with quotes and backslashes in NODE_OPTIONS that threads take',
    options: `--import "data:text/javascript,globalThis.imported='\\"\\\\\\\\'"`,
    control: { imported: '"\\' },
  },
]

/**
 * Checks that a thread below this parent sees what a Worker sees: with all kinds of options for the
 * thread, or with those only whose outcome depends on the parent.
 */
export async function checkParent(
  { flags = [], options, control = {} }: Parent,
  kinds: 'all' | 'few',
  childOptions: ChildOptions = {},
): Promise<void> {
  const env = options === undefined ? process.env : { ...process.env, NODE_OPTIONS: options }
  const ended = await Child.node('threads/fixtures/spawn-options/main.mjs', [kinds], {
    ...childOptions,
    flags,
    env,
  }).ended
  expect(ended).toExitCleanly()
  const { control: seen, ...differences } = JSON.parse(ended.stdout) as Record<string, object>
  expect(seen).toEqual({
    condition: 'default',
    imported: null,
    gc: 'undefined',
    options: options ?? null,
    ...control,
  })
  expect(Object.keys(differences).length).toBeGreaterThanOrEqual(kinds === 'all' ? 25 : 5)
  expect(differences).toEqual(
    Object.fromEntries(Object.keys(differences).map((name) => [name, {}])),
  )
}
