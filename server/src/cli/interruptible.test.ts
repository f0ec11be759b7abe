import { expect, onTestFinished, test, vi } from 'vitest'
import { interruptible, STOPPED_EXIT_CODE } from './interruptible.js'

test('work that is stopped ends by itself, once, and the exit code says so', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const { exitCode } = process
  onTestFinished(() => {
    process.exitCode = exitCode
    said.mockRestore()
  })
  const before = process.listenerCount('SIGHUP')
  const work = interruptible(async (signal) => {
    process.emit('SIGHUP')
    process.emit('SIGHUP')
    return signal.aborted
  }, 'Stopping')
  await expect(work).resolves.toBe(true)
  expect(said.mock.calls).toEqual([['Stopping']])
  expect(process.exitCode).toBe(STOPPED_EXIT_CODE)
  expect(process.listenerCount('SIGHUP')).toBe(before)
})
