import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Cgroups } from './cgroups.js'

test('a control group that could not be removed is named', async ({ onTestFinished }) => {
  const parent = await mkdtemp(join(tmpdir(), 'cgroups-'))
  onTestFinished(() => rm(parent, { recursive: true }))
  const group = Cgroups.at([parent], 2).group('busy')
  const [folder = ''] = group.folders
  await mkdir(folder)
  await writeFile(join(folder, 'in-use'), '')
  expect(await group.remove()).toEqual([folder])
  await rm(join(folder, 'in-use'))
  expect(await group.remove()).toEqual([])
  // Once more: what is not there is gone.
  expect(await group.remove()).toEqual([])
})
