// Runs fixtures with addons that g++ has instrumented: AddressSanitizer and UndefinedBehaviorSanitizer end
// the process where they find an error in C++, and say what it is.
import { execFileSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import path from 'node:path'
import { Child } from './child'
import { Copies } from './copies'
import { buildConsumer, buildOwnAddon } from './core'
import { root } from './paths'
import { KILL_SECONDS } from './stress'

const FLAGS = [
  ...['-O1', '-g', '-fno-omit-frame-pointer', '-fsanitize=address,undefined'],
  // Node is compiled without the type information that this check reads.
  '-fno-sanitize=vptr',
  '-fno-sanitize-recover=undefined',
]

/** A copy of this package, with its tests, whose addon is instrumented. */
export class Sanitized {
  readonly #copies: Copies
  readonly #folder: string

  private constructor(readonly addon: string) {
    this.#copies = new Copies(['sanitized'], addon)
    this.#folder = path.join(this.#copies.folder, 'sanitized')
    // Fixtures import the package by its name: the one that they are in.
    cpSync(path.join(root, 'test'), path.join(this.#folder, 'test'), { recursive: true })
  }

  static async build(): Promise<Sanitized> {
    return new Sanitized(await buildOwnAddon(FLAGS))
  }

  /** See buildConsumer(). */
  static buildConsumer(file: string): Promise<string> {
    return buildConsumer(file, FLAGS)
  }

  /** Node with a script, by its path from test/. */
  node(script: string, ...args: readonly string[]): Child {
    const file = path.join(this.#folder, 'test', script)
    return new Child(process.execPath, ['--expose-gc', file, ...args], {
      env: {
        ...process.env,
        // It has to be the first library of the process, and Node is not linked with it.
        LD_PRELOAD: execFileSync('g++', ['-print-file-name=libasan.so'], {
          encoding: 'utf8',
        }).trim(),
        // Node leaves memory to the end of the process.
        ASAN_OPTIONS: 'detect_leaks=0',
        UBSAN_OPTIONS: 'print_stacktrace=1',
      },
      killSeconds: KILL_SECONDS,
    })
  }

  remove(): void {
    this.#copies.remove()
  }
}
