/** A registry mirror: Docker Hub's images are asked for there, and bear their own names afterwards. */
import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { createTar } from 'nanotar'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshId } from '../contract.js'
import { type KindUnderTest, kindUnderTest } from './testing.js'

const NAME = `whmirrored${freshId()}`
const IMAGE = `${NAME}:1`
const asked: string[] = []
let registry: Server
let under: KindUnderTest
let mirror: string

const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** The answers of a registry that holds one image of one file. @see https://distribution.github.io/distribution/spec/api/ */
function answers(): Map<string, { type: string; bytes: Uint8Array }> {
  const tar = createTar([{ name: 'hello', data: NAME }])
  const layer = gzipSync(tar)
  const rootfs = { type: 'layers', diff_ids: [digestOf(tar)] }
  const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', config: {}, rootfs }))
  const types = 'application/vnd.docker'
  const described = (bytes: Uint8Array, mediaType: string) => ({ mediaType, size: bytes.length, digest: digestOf(bytes) })
  const type = `${types}.distribution.manifest.v2+json`
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: type,
      config: described(config, `${types}.container.image.v1+json`),
      layers: [described(layer, `${types}.image.rootfs.diff.tar.gzip`)],
    }),
  )
  const at = (path: string) => `/v2/library/${NAME}/${path}`
  return new Map([
    ['/v2/', { type: 'application/json', bytes: Buffer.from('{}') }],
    [at('manifests/1'), { type, bytes: manifest }],
    [at(`manifests/${digestOf(manifest)}`), { type, bytes: manifest }],
    [at(`blobs/${digestOf(config)}`), { type: 'application/octet-stream', bytes: config }],
    [at(`blobs/${digestOf(layer)}`), { type: 'application/octet-stream', bytes: layer }],
  ])
}

beforeAll(async () => {
  const known = answers()
  registry = createServer((request, response) => {
    asked.push(request.url ?? '')
    const answer = known.get(request.url ?? '')
    if (!answer) return response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}')
    const headers = { 'content-type': answer.type, 'docker-content-digest': digestOf(answer.bytes) }
    response.writeHead(200, { ...headers, 'content-length': answer.bytes.length })
    return response.end(request.method === 'HEAD' ? undefined : answer.bytes)
  })
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve))
  mirror = `127.0.0.1:${(registry.address() as AddressInfo).port}`
  under = await kindUnderTest({ mirror })
})

afterAll(async () => {
  await under.engine.cli.ask(['image', 'rm', IMAGE, `${mirror}/library/${IMAGE}`])
  await under.remove()
  await new Promise((resolve) => registry.close(resolve))
})

test('an image of Docker Hub comes from the mirror, under its own name', async () => {
  const { images } = under.engine
  expect(await images.has(IMAGE)).toBe(false)
  expect(await images.ensureAll([IMAGE])).toEqual([{ image: IMAGE, local: IMAGE }])
  expect(await images.has(IMAGE)).toBe(true)
  expect(asked).toContain(`/v2/library/${NAME}/manifests/1`)
})

test('one that the mirror does not have is missing, by the name that the lab uses', async () => {
  await expect(under.engine.images.ensureAll([`${NAME}:2`])).rejects.toMatchObject({
    code: 'IMAGE_MISSING',
    values: { image: `${NAME}:2` },
  })
})
