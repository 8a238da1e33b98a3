/** Cases for `test.each(…)('%s', (name, each) => …)`, which prints a name whole and without quotes. */
export function byName<T extends { name: string }>(cases: readonly T[]): [string, T][] {
  return cases.map((each) => [each.name, each])
}
