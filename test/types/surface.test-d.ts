// The public types, as built (dist/index.d.ts). `npm run lint` checks this file; nothing runs it.
import type { Worker, WorkerOptions } from 'node:worker_threads'
import { expectTypeOf } from 'vitest'
import * as everything from 'futex-waitgroup'
import {
  type ErrorCode,
  Guard,
  type JoinAsyncOptions,
  type JoinOptions,
  type RunOptions,
  type SharedWaitGroup,
  Thread,
  type WaitAsyncOptions,
  WaitGroup,
  WaitGroupError,
  type WaitGroupErrorCode,
  type WaitOptions,
} from 'futex-waitgroup'
import { include_dir } from 'futex-waitgroup/include'

declare const wg: WaitGroup
declare const buffer: SharedArrayBuffer
declare const signal: AbortSignal

// The values of the package, and no others.
type Value = Exclude<keyof typeof everything, 'default' | 'module.exports'>
expectTypeOf<Value>().toEqualTypeOf<'Guard' | 'Thread' | 'WaitGroup' | 'WaitGroupError'>()

// WaitGroup: its constructor and its static members.
expectTypeOf<ConstructorParameters<typeof WaitGroup>>().toEqualTypeOf<
  [buffer?: SharedArrayBuffer | undefined, byteOffset?: number | undefined]
>()
expectTypeOf(new WaitGroup()).toEqualTypeOf<WaitGroup>()
expectTypeOf(new WaitGroup(buffer, 16)).toEqualTypeOf<WaitGroup>()
expectTypeOf<(typeof WaitGroup)['BYTES']>().toEqualTypeOf<16>()
expectTypeOf(WaitGroup.from).toEqualTypeOf<(shared: SharedWaitGroup) => WaitGroup>()
// @ts-expect-error: memory that threads do not share
new WaitGroup(new ArrayBuffer(16))
// @ts-expect-error: a number is no memory
WaitGroup.from(16)
// @ts-expect-error: a constant
WaitGroup.BYTES = 32

// What names a group to another thread.
expectTypeOf<WaitGroup>().toExtend<SharedWaitGroup>()
expectTypeOf<SharedArrayBuffer>().toExtend<SharedWaitGroup>()
expectTypeOf<{ buffer: SharedArrayBuffer }>().toExtend<SharedWaitGroup>()
expectTypeOf<{ buffer: SharedArrayBuffer; byteOffset: number }>().toExtend<SharedWaitGroup>()
expectTypeOf<Int32Array<SharedArrayBuffer>>().toExtend<SharedWaitGroup>()
expectTypeOf<{ buffer: ArrayBuffer }>().not.toExtend<SharedWaitGroup>()
expectTypeOf<{ byteOffset: number }>().not.toExtend<SharedWaitGroup>()

// WaitGroup: what it says of itself, which cannot be assigned to.
expectTypeOf(wg.buffer).toEqualTypeOf<SharedArrayBuffer>()
expectTypeOf(wg.byteOffset).toEqualTypeOf<number>()
expectTypeOf(wg.count).toEqualTypeOf<number>()
expectTypeOf(wg.waiters).toEqualTypeOf<number>()
expectTypeOf(wg.native).toEqualTypeOf<object>()
expectTypeOf(include_dir).toEqualTypeOf<string>()
// @ts-expect-error: read-only
wg.buffer = buffer
// @ts-expect-error: read-only
wg.byteOffset = 0
// @ts-expect-error: read-only
wg.count = 0
// @ts-expect-error: read-only
wg.waiters = 0

// WaitGroup: its methods.
expectTypeOf(wg.add).toEqualTypeOf<(delta?: number) => void>()
expectTypeOf(wg.done).toEqualTypeOf<() => void>()
expectTypeOf(wg.wait).toEqualTypeOf<(options?: WaitOptions) => boolean>()
expectTypeOf(wg.waitAsync).toEqualTypeOf<(options?: WaitAsyncOptions) => Promise<boolean>>()
expectTypeOf(wg.guard).toEqualTypeOf<() => Guard>()
expectTypeOf(wg.spawn).toEqualTypeOf<(script: string | URL, options?: WorkerOptions) => Thread>()
expectTypeOf(wg[Symbol.dispose]).toEqualTypeOf<() => void>()
expectTypeOf(wg[Symbol.asyncDispose]).toEqualTypeOf<() => Promise<void>>()
expectTypeOf<WaitGroup>().toExtend<Disposable & AsyncDisposable>()
// @ts-expect-error: a text is no number
wg.add('1')
// @ts-expect-error: a bigint is no number here
wg.add(1n)
// @ts-expect-error: a time-out without a name
wg.wait(10)

// go() has the result of its task.
expectTypeOf(wg.go(() => 1)).toEqualTypeOf<Promise<number>>()
expectTypeOf(wg.go(() => 'text')).toEqualTypeOf<Promise<string>>()
expectTypeOf(wg.go(() => Promise.resolve('text'))).toEqualTypeOf<Promise<string>>()
expectTypeOf(wg.go(() => Promise.resolve(Promise.resolve(1)))).toEqualTypeOf<Promise<number>>()
expectTypeOf(wg.go(async () => {})).toEqualTypeOf<Promise<void>>()
expectTypeOf(wg.go(() => [1] as const)).toEqualTypeOf<Promise<readonly [1]>>()
// @ts-expect-error: a task has no parameters
void wg.go((parameter: number) => parameter)
// @ts-expect-error: a promise is no task
void wg.go(Promise.resolve(1))

// The options. Only a promise wait takes a signal: a blocked thread cannot hear it.
expectTypeOf<JoinOptions>().toEqualTypeOf<{ timeout?: number | undefined }>()
expectTypeOf<JoinAsyncOptions>().toEqualTypeOf<{
  timeout?: number | undefined
  signal?: AbortSignal | undefined
}>()
expectTypeOf<WaitOptions>().toEqualTypeOf<{
  timeout?: number | undefined
  thread?: Thread | undefined
}>()
expectTypeOf<keyof WaitAsyncOptions>().toEqualTypeOf<'timeout' | 'signal' | 'thread'>()
expectTypeOf<WaitAsyncOptions['signal']>().toEqualTypeOf<AbortSignal | undefined>()
expectTypeOf<WaitAsyncOptions>().toExtend<WaitOptions>()
expectTypeOf<WaitAsyncOptions>().toExtend<JoinAsyncOptions>()
wg.wait({})
wg.wait({ timeout: undefined })
void wg.waitAsync({ timeout: 10, signal })
void wg.waitAsync({ timeout: undefined, signal: undefined })
// @ts-expect-error: no signal for a blocking wait
wg.wait({ signal })
// @ts-expect-error: a text is no number
wg.wait({ timeout: '10' })
// @ts-expect-error: null is no AbortSignal
void wg.waitAsync({ signal: null })

// Thread: a Worker that says how it ended.
declare const thread: Thread
expectTypeOf(wg.spawn('')).toEqualTypeOf<Thread>()
expectTypeOf<Thread>().toExtend<Worker>()
expectTypeOf(thread.failed).toEqualTypeOf<boolean>()
expectTypeOf(thread.error).toEqualTypeOf<unknown>()
expectTypeOf(thread.exitCode).toEqualTypeOf<number | null>()
expectTypeOf<Thread>().toEqualTypeOf<Thread>()
expectTypeOf(thread.result).toEqualTypeOf<unknown>()
expectTypeOf<Thread<Date>['result']>().toEqualTypeOf<Date>()
expectTypeOf<Thread<Date>>().toExtend<Thread>()
expectTypeOf(thread.join).toEqualTypeOf<(options?: JoinOptions) => boolean>()
expectTypeOf(thread.joinAsync).toEqualTypeOf<(options?: JoinAsyncOptions) => Promise<boolean>>()
expectTypeOf(thread.terminate).toEqualTypeOf<() => Promise<number>>()
expectTypeOf(thread.on('exit', () => {})).toEqualTypeOf<Thread>()
// @ts-expect-error: read-only
thread.failed = true
// @ts-expect-error: read-only
thread.result = 1
// @ts-expect-error: no signal for a blocking wait
thread.join({ signal })
// @ts-expect-error: no other thread ends a join
thread.join({ thread })
// @ts-expect-error: a script, or where it is
wg.spawn(1)
wg.wait({ thread })
wg.wait({ thread: wg.run<() => number>(''), timeout: 1 })
wg.wait({ thread: undefined })
void wg.waitAsync({ thread, signal })
declare const worker: Worker
// @ts-expect-error: a Worker that the package has not started
wg.wait({ thread: worker })
// @ts-expect-error: null is no Thread
void wg.waitAsync({ thread: null })

// run(): the type of the function checks the arguments, and is the type of the result.
type Sum = typeof import('../threads/fixtures/run/sum.mjs').default
expectTypeOf(wg.run('')).toEqualTypeOf<Thread>()
expectTypeOf(wg.run('', [1, 'text'], { name: 'n', exportName: 'e' })).toEqualTypeOf<Thread>()
expectTypeOf(wg.run<Sum>('', [[1, 2]])).toEqualTypeOf<Thread<number>>()
expectTypeOf(wg.run<Sum>('', [[1, 2]]).result).toEqualTypeOf<number>()
expectTypeOf(wg.run<() => Promise<string>>('')).toEqualTypeOf<Thread<string>>()
expectTypeOf(wg.run<() => void>('', [])).toEqualTypeOf<Thread<void>>()
expectTypeOf(wg.run<(a?: number) => number>('', undefined, {})).toEqualTypeOf<Thread<number>>()
declare const constant: readonly [readonly number[]]
wg.run<(numbers: readonly number[]) => number>('', constant)
// @ts-expect-error: no argument
wg.run<Sum>('')
// @ts-expect-error: an argument of another type
wg.run<Sum>('', [1])
// @ts-expect-error: one argument too many
wg.run<Sum>('', [[1], 2])
// @ts-expect-error: the arguments are a list
wg.run('', 1)
// @ts-expect-error: run() calls a module
wg.run('', [], { eval: true })
// @ts-expect-error: a module, or where it is
wg.run(1)
expectTypeOf<keyof RunOptions>().toEqualTypeOf<
  Exclude<keyof WorkerOptions, 'eval'> | 'exportName'
>()
expectTypeOf<Omit<RunOptions, 'exportName'>>().toExtend<WorkerOptions>()
expectTypeOf<RunOptions['exportName']>().toEqualTypeOf<string | undefined>()

// Guard.
declare const guard: Guard
expectTypeOf(wg.guard()).toEqualTypeOf<Guard>()
expectTypeOf(guard.done).toEqualTypeOf<() => void>()
expectTypeOf(guard[Symbol.dispose]).toEqualTypeOf<() => void>()
expectTypeOf<Guard>().toExtend<Disposable>()
expectTypeOf<keyof Guard>().toEqualTypeOf<'done' | typeof Symbol.dispose>()
// @ts-expect-error: an object with the same methods is no guard
expectTypeOf({ done() {}, [Symbol.dispose]() {} }).toExtend<Guard>()

// WaitGroupError.
declare const error: WaitGroupError
expectTypeOf<WaitGroupError>().toExtend<Error>()
expectTypeOf(error.code).toEqualTypeOf<WaitGroupErrorCode>()
expectTypeOf<WaitGroupErrorCode>().toEqualTypeOf<
  | 'ERR_WAITGROUP_NEGATIVE_COUNTER'
  | 'ERR_WAITGROUP_MISUSE'
  | 'ERR_WAITGROUP_REUSED'
  | 'ERR_WAITGROUP_DEADLOCK'
>()
expectTypeOf<WaitGroupErrorCode>().toExtend<ErrorCode>()
expectTypeOf<Exclude<ErrorCode, WaitGroupErrorCode>>().toEqualTypeOf<
  | 'ERR_INVALID_ARG_TYPE'
  | 'ERR_OUT_OF_RANGE'
  | 'ERR_ILLEGAL_CONSTRUCTOR'
  | 'ERR_WAITGROUP_NO_FUNCTION'
  | 'ERR_WAITGROUP_NO_RESULT'
  | 'ERR_WAITGROUP_THREAD_DIED'
  | 'ERR_WAITGROUP_INCOMPATIBLE_COPY'
  | 'ERR_WAITGROUP_NO_BINARY'
  | 'ERR_WAITGROUP_BUNDLED'
  | 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM'
>()
// @ts-expect-error: read-only
error.code = 'ERR_WAITGROUP_MISUSE'

// instanceof tells what was caught.
declare const caught: unknown
if (caught instanceof WaitGroupError) expectTypeOf(caught).toEqualTypeOf<WaitGroupError>()
if (caught instanceof Thread) expectTypeOf(caught).toExtend<Thread>()
if (caught instanceof Guard) expectTypeOf(caught).toEqualTypeOf<Guard>()
