/** What the command says to who mistypes: one sentence with what to do, no trace of the program, and an exit code. */
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.js'

const launcher = fileURLToPath(new URL('../../bin/wheelhouse.mjs', import.meta.url))

function wheelhouse(...argv: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const env = { ...process.env, WHEELHOUSE_LANGUAGE: 'en', WHEELHOUSE_DATA_DIR: temporaryFolder('mistakes') }
  return new Promise((resolve) => {
    execFile(process.execPath, [launcher, ...argv], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    )
  })
}

test.each([
  [['servee'], /unknown command 'servee'\n\(Did you mean serve\?\)\nSee: npx wheelhouse --help/],
  [['learner', 'remove', 'x'], /unknown command 'remove'\nSee: npx wheelhouse learner --help/],
  [['serve', '--set', 'foo'], /It is a name and a value, such as http\.port=8080/],
  [['learner', 'add', '../x'], /^“\.\.\/x” cannot be the name of a learner\..*\(LEARNER_NAME_INVALID\)\n$/],
  [['lint', '/no/such/labs'], /^There is nothing at \/no\/such\/labs\.\n$/],
  [['lint', '--root', '/no/such'], /^\/no\/such has no folder labs\/chapters/],
  [
    ['prove', '--engine', 'simulated', 'deploy-rolback'],
    /^There is no lab or task "deploy-rolback".*Did you mean "deploy-rollback"/,
  ],
  [['prove', '--parallel', 'x'], /It must be a whole number from 1 to 32/],
  [['prove', '--engine', 'kinds'], /argument 'kinds' is invalid. Allowed choices are kind, simulated/],
  [['prove', '--compare', '/no/such.json'], /^\/no\/such\.json cannot be used: no such file or directory.*\(FILE_UNUSABLE\)\n$/],
  [['prove', '--compare', launcher], /wheelhouse\.mjs is not what `wheelhouse prove --json` writes/],
  [['prove', '--json', '/no/such/place.json'], /^\/no\/such\/place\.json cannot be used: no such file or directory/],
  [['grade', 'deploy-rolback'], /^There is no lab "deploy-rolback"\. Did you mean "deploy-rollback"/],
  [['grade', 'deploy-rollback', '--task', 'undo'], /^deploy-rollback has no task "undo"; it has roll-back/],
  [['grade', 'deploy-rollback', '--kubeconfig', '/no/such'], /^There is no kubeconfig at \/no\/such\./],
  [['grade', 'deploy-rollback', '--kubeconfig', '/tmp'], /^\/tmp cannot be used: .*directory.*\(FILE_UNUSABLE\)\n$/],
])('%j', { timeout: 60_000 }, async (argv, words) => {
  const { code, stderr } = await wheelhouse(...argv)
  expect(stderr).toMatch(words)
  expect(stderr).not.toMatch(/^ {4}at /m)
  expect(code).toBe(1)
})

test('a file that is no kubeconfig is said once, not at every check', { timeout: 60_000 }, async () => {
  const file = join(temporaryFolder('mistakes'), 'config')
  writeFileSync(file, 'nothing: of the kind\n')
  expect(await wheelhouse('grade', 'deploy-rollback', '--kubeconfig', file)).toEqual({
    code: 1,
    stdout: '',
    stderr: `${file} cannot be used: the kubeconfig has no context. (FILE_UNUSABLE)\n`,
  })
})

test('a port that is taken ends the command, with another one to try', { timeout: 60_000 }, async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await new Promise((listens) => other.once('listening', listens))
  const { port } = other.address() as { port: number }
  const { code, stderr } = await wheelhouse('serve', '--engine', 'fake', '--port', String(port))
  expect(stderr).toContain(`Choose another one: \`npm start -- --port ${port + 1}\`. (PORT_TAKEN)`)
  expect(code).toBe(1)
})

test('--version prints the version', { timeout: 60_000 }, async () => {
  expect(await wheelhouse('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
})
