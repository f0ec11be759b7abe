import { expect, test } from 'vitest'
import { parseReading } from './usage.js'

test('memory is the working set, the volume stands beside it', () => {
  const text = 'memory 700000000 200000000\ncpu 123456789\nvolume 1020\nat 1763722800123\n'
  expect(parseReading(text)).toEqual({ memoryBytes: 500_000_000, cpuNs: 123_456_789, volumeBytes: 1020, atMs: 1_763_722_800_123 })
})

test('what a machine could not say counts as nothing', () => {
  expect(parseReading('memory \ncpu \n')).toEqual({ memoryBytes: 0, cpuNs: 0, volumeBytes: 0, atMs: 0 })
})
