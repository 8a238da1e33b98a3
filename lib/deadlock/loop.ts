import type { LoopWatch } from '../binding/addon'
import { Shared } from '../binding/shared'

/** The watch of this thread's event loop. Empty where no deadlocks are reported. */
export const sharedLoop = new Shared<LoopWatch>('loop')
