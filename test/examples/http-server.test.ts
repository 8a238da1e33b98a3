import { get } from 'node:http'
import path from 'node:path'
import { expect, test } from 'vitest'
import { Child } from '../helpers/child'
import { root } from '../helpers/paths'

const SERVER = path.join(root, 'examples', 'http-server', 'server.mjs')

/** They are still in flight after a request that is answered at once, on a busy machine too. */
const DURATIONS = [4000, 4001, 4002]

async function start(patience: number): Promise<{ child: Child; port: number }> {
  const child = new Child(process.execPath, [SERVER, '--port=0', `--patience=${patience}`])
  return { child, port: Number((await child.printed(/^listening on port (\d+)$/m))[1]) }
}

/** A request on a connection of its own: its answer, or the code of its error. */
function request(port: number, ms: number): Promise<string> {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: `/?ms=${ms}`, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body += text))
      response.on('end', () => resolve(body))
    }).on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })
}

test.concurrent(
  'SIGTERM: requests in flight finish, new ones are refused, the exit code is 0',
  async () => {
    const { child, port } = await start(100_000)
    expect(await request(port, 0)).toBe('that took 0 ms\n')
    const inFlight = DURATIONS.map((milliseconds) => request(port, milliseconds))
    // The fourth is answered: the three before it have arrived.
    expect(await request(port, 100)).toBe('that took 100 ms\n')
    child.kill('SIGTERM')
    await child.printed(/^closing: 3 in flight$/m)
    expect(await request(port, 0)).toBe('ECONNREFUSED')
    expect(await Promise.all(inFlight)).toEqual(DURATIONS.map((n) => `that took ${n} ms\n`))
    expect(await child.ended).toExitCleanly(/\nclosing: 3 in flight\nclosed\n$/)
  },
)

test.concurrent('SIGTERM without a request in flight ends at once', async () => {
  const { child } = await start(100_000)
  child.kill('SIGTERM')
  expect(await child.ended).toExitCleanly()
})

test.concurrent('a client that hangs up is no request in flight any more', async () => {
  const { child, port } = await start(100_000)
  const client = get({ host: '127.0.0.1', port, path: '/?ms=100000', agent: false })
  client.on('error', () => {})
  expect(await request(port, 100)).toBe('that took 100 ms\n')
  child.kill('SIGTERM')
  await child.printed(/^closing: 1 in flight$/m)
  client.destroy()
  await child.printed(/^closed$/m)
  // The timer of the abandoned request would keep the process alive.
  child.kill('SIGKILL')
  expect(await child.ended).toExit({ signal: 'SIGKILL', stdout: /\nclosed\n$/ })
})

test.concurrent(
  'a request that never ends: the time is up, it says so, and the exit code is 1',
  async () => {
    const { child, port } = await start(300)
    const endless = request(port, 1e6)
    expect(await request(port, 100)).toBe('that took 100 ms\n')
    child.kill('SIGTERM')
    expect(await child.ended).toExit({
      code: 1,
      stdout: /\nclosing: 1 in flight\ngave up: 1 still in flight\n$/,
    })
    expect(await endless).toBe('ECONNRESET')
  },
)
