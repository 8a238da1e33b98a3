/** The other half of round-trip.mjs, in the same order of rounds. */
import { workerData } from 'node:worker_threads'
import { pin } from './affinity.mjs'
import { inTurn } from './measure.mjs'
import { sides } from './round-trip.mjs'

/** @type {import('./round-trip.mjs').Shared} */
const { cpu, rounds, warmup, ...shared } = workerData
if (cpu !== undefined) pin(cpu)
const answers = (await sides(shared)).map(({ name, answer }) => [name, answer])
await inTurn(rounds, Object.fromEntries(answers), warmup)
