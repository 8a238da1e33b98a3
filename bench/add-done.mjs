import { WaitGroup } from 'futex-waitgroup'
import { AtomicsWaitGroup } from './atomics-wait-group.mjs'
import { interleave, now, place, places } from './measure.mjs'

const PAIRS = 500_000

const buffer = places(2)
const ours = new WaitGroup(buffer, place(0))
const theirs = new AtomicsWaitGroup(buffer, place(1))

// Two loops: V8 would compile a shared one for both classes at once.
function runOurs() {
  const start = now()
  for (let i = 0; i < PAIRS; i++) {
    ours.add(1)
    ours.done()
  }
  return (now() - start) / PAIRS
}

function runTheirs() {
  const start = now()
  for (let i = 0; i < PAIRS; i++) {
    theirs.add(1)
    theirs.done()
  }
  return (now() - start) / PAIRS
}

/** @type {import('./measure.mjs').Row} */
export default {
  name: 'add-done',
  run({ quick }) {
    const rounds = interleave(quick ? 11 : 101, runOurs, runTheirs)
    return [{ name: 'add(1) and done()', unit: 'ns', ...rounds, target: 2 }]
  },
}
