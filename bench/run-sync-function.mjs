/** The function that run-sync.mjs calls. */

/** @param {number} value */
export default async function increment(value) {
  await Promise.resolve()
  return value + 1
}
