import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.js'

const launcher = fileURLToPath(new URL('../../bin/wheelhouse.mjs', import.meta.url))

/** The command where no container engine answers. */
const clean = (...argv: string[]) =>
  new Promise<{ code: unknown; stderr: string }>((resolve) => {
    const env = { ...process.env, DOCKER_HOST: 'tcp://127.0.0.1:1', WHEELHOUSE_LANGUAGE: 'en' }
    execFile(process.execPath, [launcher, 'clean', ...argv], { env }, (error, _, stderr) =>
      resolve({ code: error?.code ?? 0, stderr }),
    )
  })

test('where no container engine answers it ends, and says what to do', { timeout: 60_000 }, async () => {
  const { code, stderr } = await clean('--data-dir', temporaryFolder('clean'), '--yes')
  expect(code).toBe(1)
  expect(stderr).toContain('(ENGINE_UNAVAILABLE)')
  expect(stderr).not.toMatch(/^ {4}at /m)
})
