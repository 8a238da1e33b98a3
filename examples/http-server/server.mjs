// An HTTP server that shuts down gracefully: on SIGTERM it accepts no new requests, waits until those
// in flight have finished or the patience has run out, and prints the result.
//
//   node server.mjs [--port 8080] [--patience 10000]
//
// GET /?ms=500 is a request that takes half a second.
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { WaitGroup } from 'futex-waitgroup'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8080' },
    patience: { type: 'string', default: '10000' },
  },
})

/** Counts the requests in flight. */
const requests = new WaitGroup()

const server = createServer((request, response) => {
  requests.add()
  // 'close' fires when the response was sent and when its connection broke.
  response.once('close', () => requests.done())
  void answer(request, response)
})

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer(request, response) {
  const ms = Number(new URL(request.url ?? '/', 'http://localhost').searchParams.get('ms'))
  await sleep(ms)
  response.end(`that took ${ms} ms\n`)
}

process.once('SIGTERM', () => void shutDown())

async function shutDown() {
  // No new connections, and idle ones are closed.
  server.close()
  console.log(`closing: ${requests.count} in flight`)
  if (await requests.waitAsync({ timeout: Number(values.patience) })) {
    console.log('closed')
    // Idle connections would keep the process alive.
    server.closeAllConnections()
  } else {
    console.log(`gave up: ${requests.count} still in flight`)
    process.exit(1)
  }
}

server.listen(Number(values.port), '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object') console.log(`listening on port ${address?.port}`)
})
