// What scripts/check-models.mjs checks.

/**
 * @typedef {object} Configuration
 * @property {string} model
 * @property {string} name
 * @property {string[]} defines
 * @property {boolean} bug the search must find an error
 * @property {boolean} misuse the program breaks Go's rules
 */

/**
 * @param {string} model
 * @param {string} options as the head of the model has them, without -D
 * @param {string} [name]
 * @returns {Configuration}
 */
function define(model, options, name = options) {
  const defines = options
    .split(' ')
    .filter(Boolean)
    .map((option) => `-D${option}`)
  const bug = options.includes('BUG_') && !name.startsWith('no error')
  return { model, name, defines, bug, misuse: /INTRUDER|REUSE/.test(options) }
}

const small = 'ADDERS=2 BLOCKING=1 PROMISES=1'

/** The longest first. */
export const configurations = [
  ...[
    'BLOCKING=1 PROMISES=2 SECOND=1 SUMS',
    'BLOCKING=2 PROMISES=1 SUMS',
    'BLOCKING=3 PROMISES=0 SUMS LIMITS=1',
    `${small} REUSE=1 LIMITS=1 SUMS`,
    'BLOCKING=3 PROMISES=0 SUMS EXTRA=1',
    `${small} SUMS DEATHS=1 LIMITS=1`,
    `${small} SUMS LIMITS=2 SPURIOUS=1`,
    'ADDERS=2 BLOCKING=1 PROMISES=1 GENERATIONS=1 INTRUDER=1 LIMITS=2 SUMS',
    'ADDERS=2 BLOCKING=2 PROMISES=0 GENERATIONS=1 INTRUDER=1 SUMS',
    `${small} GENERATIONS=1 SECOND=1 LIMITS=2 SUMS FINE`,
    // Seeds that cannot be errors in a correct program.
  ].map((options) => define('wait_group', options)),
  define('wait_group', `${small} BUG_STORE`, 'no error without misuse: BUG_STORE'),
  define(
    'wait_group',
    `${small} BUG_CANCEL_BLIND LIMITS=2`,
    'no error without misuse: BUG_CANCEL_BLIND',
  ),
  ...[
    'BUG_PERMITS_FIRST',
    'BUG_STORE GENERATIONS=1 INTRUDER=1',
    'BUG_LOOK_FIRST GENERATIONS=1',
    'BUG_SWEEP_FIRST GENERATIONS=1',
    'BUG_REGISTERED_LATE GENERATIONS=1',
    'BUG_CANCEL_GIVES_UP LIMITS=1',
    'BUG_CANCEL_BLIND REUSE=1 LIMITS=1',
    'BUG_ONE_COPY SECOND=1 GENERATIONS=1',
    'BUG_LATE_JOIN SECOND=1 GENERATIONS=1',
    'BUG_NO_RETRY',
    'BUG_SLEEPERS_FIRST GENERATIONS=1',
    'BUG_SLEEPER_LATE GENERATIONS=1',
  ].map((options) => define('wait_group', `${small} ${options}`, options)),
  define('thread_count', '', 'parent, thread'),
  ...[
    'BUG_STORE_OWNER',
    'BUG_STORE_TAKE_OVER',
    'BUG_GUARD_KEPT',
    'BUG_NO_TAKE_OVER',
    'BUG_RUNS_ANYWAY',
    'BUG_NO_HOOK',
    'BUG_NO_EXIT_EVENT',
    'BUG_NO_LOOK_AT_END',
  ].map((options) => define('thread_count', options)),
]
