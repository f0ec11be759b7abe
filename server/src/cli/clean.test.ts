import { execFile } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.js'

const launcher = fileURLToPath(new URL('../../bin/wheelhouse.mjs', import.meta.url))

/** The command where the program `docker` is as given. */
function clean(docker: string | null) {
  const programs = temporaryFolder('programs')
  if (docker !== null) writeFileSync(join(programs, 'docker'), docker, { mode: 0o755 })
  for (const name of ['sh', 'env']) symlinkSync(`/bin/${name}`, join(programs, name))
  const env = { ...process.env, PATH: programs, WHEELHOUSE_LANGUAGE: 'en' }
  return new Promise<{ code: unknown; stderr: string }>((resolve) => {
    const argv = [launcher, 'clean', '--yes', '--data-dir', temporaryFolder('clean')]
    execFile(process.execPath, argv, { env }, (error, _, stderr) => resolve({ code: error?.code ?? 0, stderr }))
  })
}

test('where the container engine is silent it ends, and says what to do', { timeout: 60_000 }, async () => {
  const { code, stderr } = await clean('#!/bin/sh\necho "Cannot connect" >&2\nexit 1\n')
  expect(code).toBe(1)
  expect(stderr).toContain('(ENGINE_UNAVAILABLE)')
  expect(stderr).not.toMatch(/^ {4}at /m)
})

test('where none is installed there is nothing to clean', { timeout: 60_000 }, async () => {
  const { code, stderr } = await clean(null)
  expect(stderr).toContain('There is nothing of this installation here.')
  expect(code).toBe(0)
})
