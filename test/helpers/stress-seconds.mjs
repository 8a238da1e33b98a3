// For the tests, and for vitest's configuration, which may not load vitest.

/** How long each file of the stress run may take, about. */
export const SECONDS = Number(process.env['STRESS_SECONDS'] ?? 20)

/** What a run that cannot end is killed after. The last doubling may take as long as all before. */
export const KILL_SECONDS = 120 + 4 * SECONDS
