/** What the server itself can say of its health: database and disk. Engines add their own findings. */
import { statfs } from 'node:fs/promises'
import { type DoctorFinding, message } from '@wheelhouse/protocol'
import { formatBytes } from '../format.js'
import type { Store } from '../store/store.js'

const GB = 1_000_000_000

/** Bytes that an account without privileges can still write, and the size of the file system. */
export interface DiskSpace {
  freeBytes: number
  totalBytes: number
}
export async function diskSpace(directory: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(directory)
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}

export async function storeFinding(store: Pick<Store, 'ping' | 'databaseName'>): Promise<DoctorFinding> {
  const title = message('doctor.store.title')
  try {
    const ms = Math.max(1, Math.round(await store.ping()))
    return { name: 'store', title, status: 'ok', found: message('doctor.store.found', { database: store.databaseName, ms }) }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { name: 'store', title, status: 'problem', found: message('error.STORE_UNAVAILABLE', { why }) }
  }
}

/** @param floorGb  what must stay free; twice that is a warning */
export async function diskFinding(directory: string, floorGb: number): Promise<DoctorFinding> {
  const { freeBytes, totalBytes } = await diskSpace(directory)
  const status = freeBytes < floorGb * GB ? 'problem' : freeBytes < 2 * floorGb * GB ? 'warning' : 'ok'
  const values = { free: formatBytes(freeBytes), total: formatBytes(totalBytes), floor: formatBytes(floorGb * GB) }
  const finding = {
    name: 'disk',
    title: message('doctor.disk.title'),
    status,
    found: message('doctor.disk.found', values),
  } as const
  return status === 'ok' ? finding : { ...finding, remedy: message('doctor.disk.remedy') }
}
