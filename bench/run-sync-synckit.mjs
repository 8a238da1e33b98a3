/** The worker of synckit for run-sync.mjs. */
import { runAsWorker } from 'synckit'
import increment from './run-sync-function.mjs'

runAsWorker(increment)
