import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LabError } from '@wheelhouse/protocol'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.js'
import { settingsTable, summarise, withSettingsTable } from './describe.js'
import { readConfig } from './read.js'

const folder = () => temporaryFolder('config')
function problemsOf(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    if (error instanceof LabError) return String(error.values.problems)
    throw error
  }
  throw new Error('it was accepted')
}

test('without any source, every setting has its default', () => {
  const config = readConfig({ dataDirectory: folder() })
  expect(config.http.port).toBe(7420)
  expect(config.environments.idleMinutes).toBe(60)
  expect(summarise(config)).toEqual([])
})

test('flags go before the environment, the environment before the file', () => {
  const dataDirectory = folder()
  writeFileSync(join(dataDirectory, 'wheelhouse.yaml'), 'http: { port: 1001, host: 0.0.0.0 }\nlog: { level: debug }\n')
  const environment = { WHEELHOUSE_HTTP_PORT: '1002', WHEELHOUSE_LOG_LEVEL: 'warn', WHEELHOUSE_ENVIRONMENTS_IDLE_MINUTES: '90' }
  const config = readConfig({ dataDirectory, environment, flags: { 'http.port': '1003' } })
  expect(config.http).toMatchObject({ port: 1003, host: '0.0.0.0' })
  expect(config.log.level).toBe('warn')
  expect(config.environments.idleMinutes).toBe(90)
})

test('every problem is said at once, with its source and what was wanted', () => {
  const dataDirectory = folder()
  writeFileSync(join(dataDirectory, 'wheelhouse.yaml'), 'http: { prot: 1 }\nengine: { name: minikube }\n')
  const environment = {
    WHEELHOUSE_ENVIRONMENTS_IDLE_MINUTES: '30m',
    WHEELHOUSE_HTTP_PUBLIC_URL: 'labs.example.org',
    WHEELHOUSE_HTTP_PROT: '1',
  }
  const problems = problemsOf(() => readConfig({ dataDirectory, environment, flags: { 'http.port': '70000' } }))
  expect(problems).toContain('http.prot is not a setting. Did you mean "http.port"?')
  expect(problems).toContain('engine.name: "minikube" is not one of auto, kind, simulated, fake')
  expect(problems).toContain('WHEELHOUSE_ENVIRONMENTS_IDLE_MINUTES: "30m" is not a whole number of minutes, at least 0')
  expect(problems).toContain('"labs.example.org" is not an address')
  expect(problems).toContain('WHEELHOUSE_HTTP_PROT is not a setting. Did you mean "WHEELHOUSE_HTTP_PORT"?')
  expect(problems).toContain('http.port: 70000 is not a whole number, at least 0 and at most 65535')
})

test('a file that was named must exist, and must be YAML', () => {
  const dataDirectory = folder()
  expect(problemsOf(() => readConfig({ dataDirectory, file: '/no/such.yaml' }))).toContain('/no/such.yaml: there is no such file')
  writeFileSync(join(dataDirectory, 'wheelhouse.yaml'), 'http: [')
  expect(problemsOf(() => readConfig({ dataDirectory }))).toContain('wheelhouse.yaml')
})

test('a secret is neither printed in the summary nor in a problem', () => {
  const dataDirectory = folder()
  const config = readConfig({ dataDirectory, environment: { WHEELHOUSE_STORE_URL: 'postgres://u:hunter2@db/w' } })
  expect(summarise(config)).toEqual(['store.url=(set)'])
  writeFileSync(join(dataDirectory, 'wheelhouse.yaml'), 'store: { url: 12345 }')
  expect(problemsOf(() => readConfig({ dataDirectory }))).not.toContain('12345')
})

test('the table shows every setting with its variable and default', () => {
  expect(settingsTable()).toContain('| `http.port` | `WHEELHOUSE_HTTP_PORT` | `7420` | port to listen on')
})

test('docs/operations.md has the table of today (npm run update:settings writes it)', () => {
  const page = readFileSync(join(dirname(fileURLToPath(import.meta.url)), '../../../docs/operations.md'), 'utf8')
  expect(withSettingsTable(page)).toBe(page)
})
