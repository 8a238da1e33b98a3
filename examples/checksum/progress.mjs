import { SingleBar } from 'cli-progress'

/**
 * A progress bar on standard error, if that is a terminal; it vanishes at the end. It is drawn only
 * when it is told to, by the thread that calls.
 *
 * @param {number} total
 * @returns {Pick<SingleBar, 'update' | 'stop'>}
 */
export function startProgress(total) {
  const bar = new SingleBar({
    format: '{percentage}% {value}/{total} files [{bar}]',
    stream: process.stderr,
    clearOnComplete: true,
    // What Ctrl-C would have to put back is not changed to begin with: while the main thread is
    // blocked no handler runs, and with none Ctrl-C ends the process at once.
    gracefulExit: false,
    hideCursor: false,
    linewrap: true, // which also cuts the line to the terminal's width: the bar comes last
  })
  // Does nothing where there is no terminal; nor do the other methods then.
  bar.start(total, 0)
  return bar
}
