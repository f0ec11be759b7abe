import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { environmentId } from '@wheelhouse/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { scriptedSteps } from './scripted-steps.js'

const id = environmentId('e1')
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wheelhouse-steps-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('a step that nobody holds goes by at once, also where there is no folder yet', async () => {
  await scriptedSteps(join(folder, 'later'))('images', id, undefined)
})

test('a held step lasts until it is let go, and others go by meanwhile', async () => {
  await writeFile(join(folder, 'hold-network'), '')
  const during = scriptedSteps(folder)
  let over = false
  const held = Promise.resolve(during('network', id, undefined)).then(() => {
    over = true
  })
  await during('images', id, undefined)
  expect(over).toBe(false)
  await rm(join(folder, 'hold-network'))
  await held
})

test('an abort ends the wait', async () => {
  await writeFile(join(folder, 'hold-network'), '')
  const abort = new AbortController()
  const held = Promise.resolve(scriptedSteps(folder)('network', id, abort.signal))
  abort.abort(new Error('cancelled'))
  await expect(held).rejects.toThrow('cancelled')
})

test('a step fails with the output that the file holds', async () => {
  await writeFile(join(folder, 'fail-ready'), 'node is not ready\n')
  await expect(scriptedSteps(folder)('ready', id, undefined)).rejects.toMatchObject({ output: 'node is not ready\n' })
})
