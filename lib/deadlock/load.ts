type Checks = Pick<typeof import('./checks'), 'isStuck' | 'loopMayAct'>

/** In doubt no deadlock is reported. */
const inDoubt: Checks = { isStuck: () => false, loopMayAct: () => true }

/**
 * The checks, which are loaded when a wait has lasted long enough to need them. A program whose
 * installed packages were replaced while it runs may not find them any more.
 */
export function checks(): Checks {
  try {
    return require('./checks') as typeof import('./checks')
  } catch {
    return inDoubt
  }
}
