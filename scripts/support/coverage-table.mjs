// Lines and branches, and how often each was run.

/** @typedef {{ covered: number, all: number }} Part */

/** The counts of one file. */
export class FileCoverage {
  /** @type {Map<number, number>} */
  #lines = new Map()
  /** @type {Map<string, { line: number, count: number }>} */
  #branches = new Map()

  /** @param {number} line @param {number} count */
  addLine(line, count) {
    this.#lines.set(line, (this.#lines.get(line) ?? 0) + count)
  }

  /** @param {number} line where it begins @param {string} id in that line @param {number} count */
  addBranch(line, id, count) {
    const key = `${line} ${id}`
    const branch = this.#branches.get(key) ?? { line, count: 0 }
    branch.count += count
    this.#branches.set(key, branch)
  }

  /** @returns {Part} */
  get lines() {
    return part([...this.#lines.values()])
  }

  /** @returns {Part} */
  get branches() {
    return part([...this.#branches.values()].map(({ count }) => count))
  }

  /** What was never run: lines, and lines with a branch that was never taken, as `12-14 20b`. */
  get missing() {
    const lines = [...this.#lines].filter(([, count]) => count === 0).map(([line]) => line)
    const known = [...this.#lines.keys()].toSorted((a, b) => a - b)
    /** @type {string[]} */
    const ranges = []
    let first = 0
    known.forEach((line, index) => {
      if (!lines.includes(line)) return
      if (first === 0) first = line
      if (lines.includes(known[index + 1] ?? 0)) return
      ranges.push(first === line ? `${line}` : `${first}-${line}`)
      first = 0
    })
    const branches = [...this.#branches.values()]
      .filter(({ line, count }) => count === 0 && !lines.includes(line))
      .map(({ line }) => `${line}b`)
    return [...ranges, ...new Set(branches)].toSorted((a, b) => parseInt(a) - parseInt(b))
  }
}

/** @param {number[]} counts @returns {Part} */
function part(counts) {
  return { covered: counts.filter((count) => count > 0).length, all: counts.length }
}

/** @param {Part} a @param {Part} b @returns {Part} */
function sumOf(a, b) {
  return { covered: a.covered + b.covered, all: a.all + b.all }
}

/** @param {Part} part */
function show({ covered, all }) {
  const percent = all === 0 ? 100 : (100 * covered) / all
  // Rounded down: 100.0 is all.
  return `${covered}/${all}`.padStart(11) + (Math.floor(percent * 10) / 10).toFixed(1).padStart(7)
}

/**
 * @param {string} folder
 * @param {Map<string, FileCoverage>} files
 * @returns {string} a table with a line of totals
 */
export function tableOf(folder, files) {
  const rows = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const width = Math.max(...rows.map(([name]) => name.length))
  const total = { lines: { covered: 0, all: 0 }, branches: { covered: 0, all: 0 } }
  const output = [
    `${'file'.padEnd(width)}        lines      %     branches      %  not covered (b: a branch)`,
  ]
  for (const [name, file] of rows) {
    const { lines, branches, missing } = file
    total.lines = sumOf(total.lines, lines)
    total.branches = sumOf(total.branches, branches)
    output.push(
      `${name.padEnd(width)} ${show(lines)}  ${show(branches)}  ${missing.join(' ')}`.trimEnd(),
    )
  }
  output.push(`${`all of ${folder}`.padEnd(width)} ${show(total.lines)}  ${show(total.branches)}`)
  return output.join('\n')
}
