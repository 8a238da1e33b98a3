// What V8 counts of lib/. Each process and thread under NODE_V8_COVERAGE writes how often it ran the
// blocks of dist/; source maps lead to lib/.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import path from 'node:path'
import { FileCoverage } from './coverage-table.mjs'

/**
 * @typedef {{ startOffset: number, endOffset: number, count: number }} Range
 * @typedef {{ url: string, functions: { isBlockCoverage: boolean, ranges: Range[] }[] }} Script
 */

/** A script of the package, in a checkout or in a copy of it that a test has made. */
const SCRIPT = /^file:(?!.*\/node_modules\/).*\/(dist\/.*\.c?js)$/

/**
 * Reads all counts of a folder.
 *
 * @param {string} folder
 * @param {string} checkout that was compiled with source maps
 * @returns {Map<string, FileCoverage>} by the path from there
 */
export function readLibCoverage(folder, checkout) {
  /** @type {Map<string, Counts | undefined>} */
  const scripts = new Map()
  for (const file of readdirSync(folder)) {
    for (const script of scriptsOf(readFileSync(path.join(folder, file), 'utf8'))) {
      const name = SCRIPT.exec(script.url)?.[1] ?? ''
      if (!scripts.has(name)) scripts.set(name, Counts.of(path.join(checkout, name)))
      scripts.get(name)?.add(script)
    }
  }
  /** @type {Map<string, FileCoverage>} */
  const files = new Map()
  const all = readdirSync(path.join(checkout, 'lib'), { recursive: true, encoding: 'utf8' })
  const names = all.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  for (const name of names) files.set(path.join('lib', name), new FileCoverage())
  for (const counts of scripts.values()) counts?.addTo(files, checkout)
  for (const name of names) {
    // No process has loaded it, neither by itself nor in the bundle of the preload.
    if (files.get(path.join('lib', name))?.lines.all !== 0) continue
    const compiled = path.join(checkout, 'dist', name.replace(/\.ts$/, '.js'))
    Counts.of(compiled)?.addTo(files, checkout)
  }
  return files
}

/**
 * The scripts of the package in a file of V8's counts. Parses only these: most of a megabyte is about
 * Node's own. A process that was killed while it wrote has left a part without an end.
 *
 * @param {string} text `{"result":[{"scriptId":…},…],"timestamp":…}`
 * @returns {Script[]}
 */
function scriptsOf(text) {
  const [, ...parts] = text.slice(0, text.lastIndexOf('],"timestamp":')).split('{"scriptId":')
  return parts
    .filter((part) => SCRIPT.test(/"url":"(.*?)"/.exec(part)?.[1] ?? ''))
    .map((part) => JSON.parse(`{"scriptId":${part.replace(/,$/, '')}`))
}

/** The counts of one script of dist/. */
class Counts {
  /** How often each character was run. @type {Float64Array} */
  #characters
  /** The blocks that V8 has told apart in any process. @type {Map<string, Range>} */
  #blocks = new Map()
  #text
  #file
  #map

  /** @param {string} file @param {string} text @param {SourceMap} map */
  constructor(file, text, map) {
    this.#file = file
    this.#text = text
    this.#map = map
    this.#characters = new Float64Array(text.length)
  }

  /** @param {string} file @returns {Counts | undefined} if there is no such file */
  static of(file) {
    if (!existsSync(file) || !existsSync(`${file}.map`)) return undefined
    const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')))
    return new Counts(file, readFileSync(file, 'utf8'), map)
  }

  /** @param {Script} script */
  add({ functions }) {
    const counts = new Float64Array(this.#text.length)
    for (const { isBlockCoverage, ranges } of functions) {
      // Outer ranges come first.
      for (const range of ranges) counts.fill(range.count, range.startOffset, range.endOffset)
      if (!isBlockCoverage) continue
      for (const range of ranges.slice(1)) {
        this.#blocks.set(`${range.startOffset} ${range.endOffset}`, range)
      }
    }
    for (let i = 0; i < counts.length; i++) {
      this.#characters[i] = (this.#characters[i] ?? 0) + (counts[i] ?? 0)
    }
  }

  /** @param {Map<string, FileCoverage>} files @param {string} checkout */
  addTo(files, checkout) {
    /** @param {string} source */
    const fileOf = (source) =>
      files.get(path.relative(checkout, path.resolve(path.dirname(this.#file), source)))
    /** The place of each line's first character. */
    const starts = [0, ...[...this.#text.matchAll(/\n/g)].map(({ index }) => index + 1)]
    /** @type {Map<string, { file: FileCoverage, line: number, count: number }>} */
    const lines = new Map()
    starts.forEach((start, line) => {
      const end = starts[line + 1] ?? this.#text.length
      for (let column = 0; start + column < end; column++) {
        const entry = this.#map.findEntry(line, column)
        if (!('originalLine' in entry)) continue
        // Where a segment begins: comments between two have none.
        if (entry.generatedLine !== line || entry.generatedColumn !== column) continue
        const file = fileOf(entry.originalSource)
        if (file === undefined || !isCode(this.#text, start + column)) continue
        const key = `${entry.originalSource} ${entry.originalLine}`
        const known = lines.get(key)
        const count = this.#characters[start + column] ?? 0
        if (known === undefined) lines.set(key, { file, line: entry.originalLine + 1, count })
        else known.count = Math.max(known.count, count)
      }
    })
    for (const { file, line, count } of lines.values()) file.addLine(line, count)
    for (const { startOffset, endOffset } of this.#blocks.values()) {
      const [first, last] = [startOffset, endOffset - 1].map((at) => {
        const line = starts.findLastIndex((start) => start <= at)
        const entry = this.#map.findEntry(line, at - (starts[line] ?? 0))
        return 'originalLine' in entry ? entry : undefined
      })
      if (first === undefined || last === undefined) continue
      const id = `${first.originalColumn} ${last.originalLine} ${last.originalColumn}`
      const count = this.#characters[startOffset] ?? 0
      fileOf(first.originalSource)?.addBranch(first.originalLine + 1, id, count)
    }
  }
}

/** Whether a name, a number or a string begins there: closing brackets run when their block ends. */
const isCode = (/** @type {string} */ text, /** @type {number} */ at) =>
  /[\w'"`#$]/.test(text[at] ?? '')
