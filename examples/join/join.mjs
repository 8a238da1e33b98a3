// Starts a thread that throws, joins it by blocking, and prints why it died, without a promise or an
// event.
//
//   node examples/join/join.mjs
import { WaitGroup } from 'futex-waitgroup'

const wg = new WaitGroup()
const thread = wg.spawn(new URL('thread.mjs', import.meta.url), { workerData: [3, 1, 'two'] })
wg.wait()

if (thread.failed) console.error('the thread died:', thread.error)
process.exitCode = thread.exitCode ?? 0
