import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import path from 'node:path'

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  /** Where it had to be killed, a last line says so. */
  stderr: string
}

/**
 * A process with a kill timer: what blocks for ever in it is an end by SIGKILL here, and no stuck
 * test.
 */
export class Child {
  /** Settles once the process has ended and all its output is read. Never rejects. */
  readonly ended: Promise<Ended>

  readonly #process: ChildProcessWithoutNullStreams
  #stdout = ''
  #stderr = ''

  constructor(
    command: string,
    args: readonly string[],
    seconds: number,
    options: { env?: NodeJS.ProcessEnv } = {},
  ) {
    this.#process = spawn(command, args, options)
    const { stdin, stdout, stderr } = this.#process
    // It may have ended before it reads; its end tells.
    stdin.on('error', () => {})
    stdout.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text))
    stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text))
    const timer = setTimeout(() => {
      this.#stderr += `\n[killed: still running after ${seconds} s]\n`
      this.#process.kill('SIGKILL')
    }, seconds * 1000)
    this.ended = new Promise((resolve) => {
      this.#process.on('error', (error) => (this.#stderr += String(error)))
      this.#process.on('close', (code, signal) => {
        clearTimeout(timer)
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr })
      })
    })
  }

  /** Node with a script of test/fixtures/. `flags` are Node's own. */
  static node(
    script: string,
    args: readonly string[],
    seconds = 60,
    flags: readonly string[] = [],
  ) {
    const file = path.join(__dirname, '..', 'fixtures', script)
    return new Child(process.execPath, [...flags, file, ...args], seconds)
  }

  get pid(): number {
    const { pid } = this.#process
    if (pid === undefined) throw new Error(`it did not start: ${this.#stderr}`)
    return pid
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  /** What the process has printed, once it matches; rejects if it ends without. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#stdout)
      if (match !== null) return match
      const over = await Promise.race([
        new Promise<void>((resolve) => this.#process.stdout.once('data', () => resolve())),
        this.ended,
      ])
      if (over !== undefined && !pattern.test(this.#stdout)) {
        throw new Error(`it never said ${pattern}: ${JSON.stringify(over)}`)
      }
    }
  }

  /** Settles once the process has printed this line; rejects if it ends without. */
  async said(line: string): Promise<void> {
    const has = () => `\n${this.#stdout}`.includes(`\n${line}\n`)
    while (!has()) {
      const over = await Promise.race([
        new Promise<void>((resolve) => this.#process.stdout.once('data', () => resolve())),
        this.ended,
      ])
      if (over !== undefined && !has()) {
        throw new Error(`it never said "${line}": ${JSON.stringify(over)}`)
      }
    }
  }

  /** A line to its standard input. */
  tell(line: string): void {
    this.#process.stdin.write(`${line}\n`)
  }
}
