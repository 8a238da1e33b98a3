import { WaitGroup } from 'futex-waitgroup'
import { AtomicsWaitGroup } from './atomics-wait-group.mjs'
import { interleave, now, place, places } from './measure.mjs'

const CALLS = 3_000_000

const buffer = places(3)
const ours = new WaitGroup(buffer, place(0))
const theirs = new AtomicsWaitGroup(buffer, place(1))
const cells = new Int32Array(buffer, place(2), 4)

// Each loop counts its results, so that V8 cannot drop a call.
function runOurs() {
  let zeros = 0
  const start = now()
  for (let i = 0; i < CALLS; i++) if (ours.wait()) zeros++
  return perCall(start, zeros)
}

function runTheirs() {
  let zeros = 0
  const start = now()
  for (let i = 0; i < CALLS; i++) if (theirs.wait()) zeros++
  return perCall(start, zeros)
}

function runLoad() {
  let zeros = 0
  const start = now()
  for (let i = 0; i < CALLS; i++) if (Atomics.load(cells, 0) === 0) zeros++
  return perCall(start, zeros)
}

/** @param {number} start @param {number} zeros */
function perCall(start, zeros) {
  const time = now() - start
  if (zeros !== CALLS) throw new Error(`${zeros} of ${CALLS} calls found zero`)
  return time / CALLS
}

/** @type {import('./measure.mjs').Row} */
export default {
  name: 'wait-at-zero',
  run({ quick }) {
    const rounds = quick ? 11 : 101
    return [
      { name: 'wait() at zero', unit: 'ns', ...interleave(rounds, runOurs, runTheirs) },
      {
        name: 'wait() at zero; theirs: one Atomics.load',
        unit: 'ns',
        ...interleave(rounds, runOurs, runLoad),
        target: 1.2,
      },
    ]
  },
}
