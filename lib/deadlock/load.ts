/** True from `isDeadlocked` ends a blocked wait. True from `loopMayAct` continues the promise waits. */
interface Checks {
  readonly isDeadlocked: () => boolean
  readonly loopMayAct: () => boolean
}

/**
 * Loads the checks. They report no deadlock if they cannot be loaded (the package was replaced
 * while the program runs) or throw (the program has changed functions that they use).
 */
export function checks(): Checks {
  let loaded: Checks
  try {
    loaded = require('./checks') as typeof import('./checks')
  } catch {
    return { isDeadlocked: () => false, loopMayAct: () => true }
  }
  return {
    isDeadlocked: () => tryCheck(loaded.isDeadlocked, false),
    loopMayAct: () => tryCheck(loaded.loopMayAct, true),
  }
}

function tryCheck(check: () => boolean, otherwise: boolean): boolean {
  try {
    return check()
  } catch {
    return otherwise
  }
}
