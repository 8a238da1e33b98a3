import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import './matchers'
import type { Ended } from './matchers'
import { inTest } from './paths'

/**
 * The kill timer ends what hangs, and measures nothing: no child needs a tenth of this on a machine
 * that is not loaded. In seconds.
 */
export const KILL_SECONDS = 180

export interface ChildOptions {
  /** Node's own flags. */
  flags?: readonly string[]
  env?: NodeJS.ProcessEnv
  /** Default: KILL_SECONDS. */
  killSeconds?: number
}

/** A process with a kill timer: if it hangs, it ends by SIGKILL, and the test fails. */
export class Child {
  /** Settles once the process has ended and all its output is read. Never rejects. */
  readonly ended: Promise<Ended>

  readonly #process: ChildProcessWithoutNullStreams
  #stdout = ''
  #stderr = ''

  constructor(command: string, args: readonly string[], options: ChildOptions = {}) {
    const { env, killSeconds = KILL_SECONDS } = options
    this.#process = spawn(command, args, { env: env ?? process.env })
    const { stdin, stdout, stderr } = this.#process
    // A child that has ended does not read; `ended` reports that.
    stdin.on('error', () => {})
    stdout.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text))
    stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text))
    const timer = setTimeout(() => {
      this.#stderr += `\n[killed: still running after ${killSeconds} s]\n`
      this.#process.kill('SIGKILL')
    }, killSeconds * 1000)
    this.ended = new Promise((resolve) => {
      this.#process.on('error', (error) => (this.#stderr += String(error)))
      this.#process.on('close', (code, signal) => {
        clearTimeout(timer)
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr })
      })
    })
  }

  /** Node with a script, by its path from test/. */
  static node(script: string, args: readonly string[] = [], options: ChildOptions = {}): Child {
    const { flags = [] } = options
    return new Child(process.execPath, [...flags, inTest(script), ...args], options)
  }

  get pid(): number {
    const { pid } = this.#process
    if (pid === undefined) throw new Error(`the process did not start: ${this.#stderr}`)
    return pid
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  /** The first match in the output, once there is one. Rejects if the process ends without. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#stdout)
      if (match !== null) return match
      const ended = await Promise.race([
        new Promise<void>((resolve) => this.#process.stdout.once('data', () => resolve())),
        this.ended,
      ])
      if (ended !== undefined && !pattern.test(this.#stdout)) {
        throw new Error(`the process never printed ${pattern}: ${JSON.stringify(ended)}`)
      }
    }
  }

  /** Settles once the process has printed this line. Rejects if it ends without. */
  async printedLine(line: string): Promise<void> {
    await this.printed(new RegExp(`^${line.replaceAll(/[^\w ]/g, '\\$&')}$`, 'm'))
  }

  /** Writes a line to its standard input. */
  tell(line: string): void {
    this.#process.stdin.write(`${line}\n`)
  }
}
