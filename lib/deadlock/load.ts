/** What the waits ask. True from `isStuck` ends a wait, true from `loopMayAct` lets it go on. */
interface Checks {
  readonly isStuck: () => boolean
  readonly loopMayAct: () => boolean
}

/**
 * The checks, which are loaded when a wait has lasted long enough to need them. In doubt no deadlock
 * is reported, and so it is where they throw, since a program has tampered with what they use, or
 * cannot be loaded, since its packages were replaced while it runs.
 */
export function checks(): Checks {
  let loaded: Checks
  try {
    loaded = require('./checks') as typeof import('./checks')
  } catch {
    return { isStuck: () => false, loopMayAct: () => true }
  }
  return {
    isStuck: () => answer(loaded.isStuck, false),
    loopMayAct: () => answer(loaded.loopMayAct, true),
  }
}

function answer(check: () => boolean, inDoubt: boolean): boolean {
  try {
    return check()
  } catch {
    return inDoubt
  }
}
