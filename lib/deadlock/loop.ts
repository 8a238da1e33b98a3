import type { LoopWatch } from '../binding/addon'
import { Shared } from '../binding/shared'

/** The watch of this thread's event loop. Undefined where deadlocks are not reported. */
export const sharedLoop = new Shared<LoopWatch>('loop')
