import { SingleBar } from 'cli-progress'

/**
 * Starts a progress bar on standard error, if that is a terminal. It is drawn by update() only, and
 * erased by stop().
 *
 * @param {number} total
 * @returns {Pick<SingleBar, 'update' | 'stop'>}
 */
export function startProgress(total) {
  const bar = new SingleBar({
    format: '{percentage}% {value}/{total} files [{bar}]',
    stream: process.stderr,
    clearOnComplete: true,
    // Needs no handler for Ctrl-C to restore the cursor: no handler runs while the main thread is
    // blocked, and without one Ctrl-C ends the process at once.
    gracefulExit: false,
    hideCursor: false,
    linewrap: true, // also cuts the line to the terminal's width
  })
  // Without a terminal, all methods do nothing.
  bar.start(total, 0)
  return bar
}
