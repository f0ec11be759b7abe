import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { LabError } from '@wheelhouse/protocol'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.js'
import { defaultDataDirectory, lockDataDirectory, openDataDirectory } from './data-directory.js'

const folder = () => temporaryFolder('data')

test('the id and the key are made once, and only their owner can read them', () => {
  const path = join(folder(), 'deep', 'data')
  const first = openDataDirectory(path)
  const second = openDataDirectory(path)
  expect(second.installationId).toBe(first.installationId)
  expect(first.installationId).toMatch(/^[a-z][a-z0-9]{9}$/)
  expect(second.signingKey.equals(first.signingKey)).toBe(true)
  expect(first.signingKey).toHaveLength(32)
  expect(statSync(join(path, 'signing-key')).mode & 0o777).toBe(0o600)
  expect(statSync(path).mode & 0o777).toBe(0o700)
})

test('a key that others could read is closed to them', () => {
  const path = folder()
  openDataDirectory(path)
  chmodSync(join(path, 'signing-key'), 0o644)
  openDataDirectory(path)
  expect(statSync(join(path, 'signing-key')).mode & 0o777).toBe(0o600)
})

test('an empty key is not taken for a key', () => {
  const path = folder()
  writeFileSync(join(path, 'signing-key'), '')
  expect(() => openDataDirectory(path)).toThrow(LabError)
})

test('a second server on the directory is refused and hears of the first', () => {
  const directory = openDataDirectory(folder())
  const lock = lockDataDirectory(directory)
  lock.note({ pid: 4711, url: 'http://127.0.0.1:7420', startedAtMs: 1 })
  const refusal = expect.objectContaining({
    code: 'DATA_DIRECTORY_IN_USE',
    values: { directory: directory.path, who: 'http://127.0.0.1:7420, process 4711' },
  })
  expect(() => lockDataDirectory(directory)).toThrow(refusal)
  lock.release()
  lockDataDirectory(directory).release()
})

test('a server that was killed leaves no lock behind', async () => {
  const directory = openDataDirectory(folder())
  const libsql = createRequire(import.meta.url).resolve('libsql')
  const script = `const D = require(${JSON.stringify(libsql)}); const d = new D(${JSON.stringify(join(directory.path, 'server.lock'))});
    d.exec('begin exclusive'); console.log('held'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  expect(() => lockDataDirectory(directory)).toThrow(expect.objectContaining({ code: 'DATA_DIRECTORY_IN_USE' }))
  child.kill('SIGKILL')
  await once(child, 'exit')
  const lock = lockDataDirectory(directory)
  lock.note({ pid: 1, url: 'u', startedAtMs: 2 })
  expect(JSON.parse(readFileSync(join(directory.path, 'server.json'), 'utf8'))).toMatchObject({ pid: 1 })
  lock.release()
})

test('the place follows the system unless a variable names it', () => {
  expect(defaultDataDirectory({ WHEELHOUSE_DATA_DIR: '/srv/w' })).toBe('/srv/w')
  if (process.platform === 'linux') expect(defaultDataDirectory({ XDG_DATA_HOME: '/x' })).toBe('/x/wheelhouse')
})
