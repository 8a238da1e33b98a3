export default function sum(numbers: Float64Array, start: number, end: number): number {
  let total = 0
  for (let i = start; i < end; i++) total += numbers[i] ?? 0
  return total
}
