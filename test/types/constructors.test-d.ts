// What the package alone may construct. `npm run lint` checks this file; nothing runs it.
import { Guard, Thread, WaitGroupError } from 'futex-waitgroup'

// @ts-expect-error: by WaitGroup.guard() only
new Guard()

// @ts-expect-error: by WaitGroup.spawn() only
new Thread('x.js')

// @ts-expect-error: by WaitGroup.spawn() only
new Thread()

// @ts-expect-error: thrown by the package only
new WaitGroupError('m')

// @ts-expect-error: thrown by the package only
new WaitGroupError()

// @ts-expect-error: no class can extend what cannot be constructed
export class ThreadSubclass extends Thread {}

// @ts-expect-error: no class can extend what cannot be constructed
export class GuardSubclass extends Guard {}
