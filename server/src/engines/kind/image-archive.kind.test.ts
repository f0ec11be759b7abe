/** Rooms without a network: what one installation saved, another one loads as its own. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../testing/temporary-folder.js'
import { freshId } from '../contract.js'
import { loadArchive, saveArchive } from './image-archive.js'
import { builtImages } from './images.js'
import { kindUnderTest } from './testing.js'

/** An installation without machines, whose labs want one image that is built and one that is pulled. */
async function installation() {
  const namespace = `a${freshId()}`
  const under = await kindUnderTest({
    imageNamespace: namespace,
    nodeImages: {},
    bakedImages: ['wheelhouse/app:1', 'busybox:1.37'],
  })
  onTestFinished(async () => {
    for (const image of await builtImages(under.engine.cli, under.settings)) await under.engine.cli.ask(['image', 'rm', image])
    await under.remove()
  })
  return { ...under, namespace }
}

test('an archive holds what was built and what was pulled, and becomes the own of who loads it', {
  timeout: 120_000,
}, async () => {
  const [here, there] = [await installation(), await installation()]
  await here.engine.images.ensureAll(here.settings.bakedImages)
  const file = join(temporaryFolder('archive'), 'images.tar')
  const saved = await saveArchive(here.engine, file)
  const built = await here.engine.images.localName('wheelhouse/app:1')
  expect(saved.images).toEqual(expect.arrayContaining([built, 'busybox:1.37']))
  expect(saved.bytes).toBeGreaterThan(1_000_000)
  const wanted = await there.engine.images.localName('wheelhouse/app:1')
  expect(wanted).not.toBe(built)
  expect(await there.engine.images.has(wanted)).toBe(false)
  expect(await loadArchive(there.engine, file)).toEqual(expect.arrayContaining([wanted, 'busybox:1.37']))
  expect(await there.engine.images.has(wanted)).toBe(true)
})

test('what is no archive, or half of one, is said to be that', { timeout: 60_000 }, async () => {
  const { engine } = await installation()
  const folder = temporaryFolder('no-archive')
  const file = join(folder, 'notes.txt')
  await writeFile(file, 'not an image\n'.repeat(1_000_000))
  await expect(loadArchive(engine, file)).rejects.toThrow('ARCHIVE_UNREADABLE')
  await expect(loadArchive(engine, join(folder, 'nothing.tar'))).rejects.toThrow('ENOENT')
})
