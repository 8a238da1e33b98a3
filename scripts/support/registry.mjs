// A package registry on loopback, which has nothing but the given tarballs.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'

/** Long ago: package managers may refuse packages that are new. */
const PUBLISHED = '2020-01-01T00:00:00.000Z'

/** @param {string} tarball */
function manifestOf(tarball) {
  const args = ['-xzOf', tarball, 'package/package.json']
  return /** @type {{ name: string, version: string }} */ (
    JSON.parse(execFileSync('tar', args, { encoding: 'utf8' }))
  )
}

/**
 * Serves what package managers ask for: for each package the list of its versions, of which there is
 * one, and the tarball.
 *
 * @param {readonly string[]} tarballs
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export function startRegistry(tarballs) {
  const packages = tarballs.map((tarball) => {
    const manifest = manifestOf(tarball)
    const { name, version } = manifest
    // yarn knows tarballs by addresses of this form.
    const file = `/${name}/-/${path.basename(name)}-${version}.tgz`
    return { data: readFileSync(tarball), file, manifest }
  })
  const server = createServer((request, response) => {
    const url = decodeURIComponent(request.url ?? '')
    const asked = packages.find(({ file, manifest }) => [file, `/${manifest.name}`].includes(url))
    if (asked === undefined) {
      response.writeHead(404).end('{}')
      return
    }
    const { data, file, manifest } = asked
    if (url === file) {
      response.end(data)
      return
    }
    const { name, version } = manifest
    const dist = {
      tarball: `${origin()}${file}`,
      integrity: `sha512-${createHash('sha512').update(data).digest('base64')}`,
      shasum: createHash('sha1').update(data).digest('hex'),
    }
    const document = {
      name,
      'dist-tags': { latest: version },
      versions: { [version]: { ...manifest, dist } },
      time: { created: PUBLISHED, modified: PUBLISHED, [version]: PUBLISHED },
    }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(document))
  })
  const origin = () => {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the server has no port')
    return `http://localhost:${address.port}`
  }
  return new Promise((resolve, reject) => {
    server.on('error', reject).listen(0, 'localhost', () => {
      resolve({
        url: origin(),
        close() {
          server.close()
          server.closeAllConnections()
        },
      })
    })
  })
}
