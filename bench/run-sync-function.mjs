/** The function that run-sync.mjs calls. */

/** @param {number} value */
export default async function increment(value) {
  await undefined
  return value + 1
}
