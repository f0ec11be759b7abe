import { expect, onTestFinished, test, vi } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.js'
import { learnerCommand } from './learner.js'

/** What the command prints: lines of standard output, and of standard error. */
async function learner(dataDirectory: string, ...argv: string[]): Promise<{ out: string[]; err: string[] }> {
  const [out, err] = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error')].map((spy) => spy.mockImplementation(() => {}))
  onTestFinished(() => void vi.restoreAllMocks())
  await learnerCommand.parseAsync([...argv, '--data-dir', dataDirectory], { from: 'user' })
  const said = { out: out?.mock.calls.flat().map(String) ?? [], err: err?.mock.calls.flat().map(String) ?? [] }
  vi.restoreAllMocks()
  return said
}

test('several learners are added at once, and each has a link of its own, in their order', async () => {
  const data = temporaryFolder('learner')
  const { out, err } = await learner(data, 'add', 'ada', 'ben', 'cem')
  expect(out).toEqual(Array(3).fill(expect.stringMatching(/^http:\/\/127\.0\.0\.1:7420\/sign-in\?token=\S{40,}$/)))
  expect(new Set(out).size).toBe(3)
  expect(err).toEqual([
    expect.stringMatching(/^Good for one sign-in within \d+ hours\.$/),
    'The server is not running; the link works once it does.',
  ])
  expect((await learner(data, 'list')).out).toEqual(['owner\towner', 'ada\tlearner', 'ben\tlearner', 'cem\tlearner'])
})

test('who is there already is said, and those before have their links', async () => {
  const data = temporaryFolder('learner')
  await learner(data, 'add', 'ada')
  const exitCode = process.exitCode
  onTestFinished(() => {
    process.exitCode = exitCode
  })
  const { out, err } = await learner(data, 'add', 'ben', 'ada', 'cem')
  expect(out).toHaveLength(1)
  expect(err.join('\n')).toContain('(LEARNER_EXISTS)')
  expect((await learner(data, 'list')).out).toEqual(['owner\towner', 'ada\tlearner', 'ben\tlearner'])
})
