/** The kind engine where no container engine answers. What needs one is in `*.kind.test.ts`. */

import type { DoctorFinding } from '@wheelhouse/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freshId, specOf } from '../contract.js'
import { type KindUnderTest, kindUnderTest } from './testing.js'
import { FaultyDocker, SILENT } from './testing-docker.js'

let docker: FaultyDocker
let under: KindUnderTest

beforeEach(async () => {
  docker = await FaultyDocker.make()
  docker.fallSilent()
  under = await kindUnderTest()
})

afterEach(async () => {
  await docker.remove()
  await under.removeFolder()
})

test('its status says why, and what to do', async () => {
  expect(await under.engine.status()).toEqual({
    available: false,
    why: SILENT,
    remedy: { key: 'doctor.containers.remedy', values: { program: 'docker' } },
  })
})

test('nothing is built, and the error says who does not answer', async () => {
  await expect(under.engine.provision(specOf(freshId()))).rejects.toMatchObject({
    code: 'ENGINE_UNAVAILABLE',
    values: { engine: 'kind', why: SILENT },
  })
})

test('the doctor names it as the problem, with its remedy, looks at the rest, and says what only the engine knows', async () => {
  const findings: DoctorFinding[] = await under.engine.findings()
  expect(findings.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'containers problem',
    'cgroup unknown',
    'memory unknown',
    'image-disk unknown',
    'machine-image unknown',
    expect.stringMatching(/^inotify (ok|warning|unknown)$/),
    'kind ok',
    'kubectl ok',
  ])
  expect(findings[0]).toMatchObject({
    found: { key: 'doctor.containers.missing', values: { why: SILENT } },
    remedy: { key: 'doctor.containers.remedy' },
  })
  expect(findings[1]).toMatchObject({ found: { key: 'doctor.later', values: { program: 'docker' } } })
})

test('a computer without its program is told apart from one whose engine is stopped', async () => {
  const path = process.env.PATH
  process.env.PATH = '/nowhere'
  try {
    expect(await under.engine.status()).toMatchObject({ available: false, why: 'its program is not installed' })
  } finally {
    process.env.PATH = path
  }
})
