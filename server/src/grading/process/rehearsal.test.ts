import { expect, test } from 'vitest'
import { rehearse } from './rehearsal.js'

const open = () => process.getActiveResourcesInfo().filter((resource) => /^TCP/.test(resource)).length

test('a rehearsal is held, and leaves nothing open', async () => {
  const before = open()
  await rehearse()
  // What was closed is gone with the next turns.
  await expect.poll(open).toBe(before)
})
