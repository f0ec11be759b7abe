import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../testing/temporary-folder.js'
import { folderSize } from './folder-size.js'

test('counts what lies below a folder and follows no link out of it', async () => {
  const folder = temporaryFolder('size')
  await mkdir(join(folder, 'deep/er'), { recursive: true })
  await writeFile(join(folder, 'deep/er/file'), Buffer.alloc(1_000_000, 1))
  await symlink('/usr', join(folder, 'away'))
  const size = await folderSize(folder)
  expect(size).toBeGreaterThanOrEqual(1_000_000)
  expect(size).toBeLessThan(1_200_000)
})
