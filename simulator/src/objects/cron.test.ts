import { describe, expect, test } from 'vitest'
import { parseSchedule } from './cron.js'

const at = (text: string) => Date.parse(text)
/** The next times of a schedule, as text. */
function times(schedule: string, from: string, { count = 1, zone }: { count?: number; zone?: string } = {}): string[] {
  const parsed = parseSchedule(schedule, zone)
  const found: string[] = []
  for (let ms = parsed.next(at(from)); ms !== undefined && found.length < count; ms = parsed.next(ms))
    found.push(new Date(ms).toISOString().slice(0, 16))
  return found
}

describe('a schedule', () => {
  test.each([
    ['*/15 * * * *', '2026-01-01T00:07:00Z', ['2026-01-01T00:15', '2026-01-01T00:30']],
    ['30 6-16/4 * * mon-fri', '2026-01-02T15:00:00Z', ['2026-01-05T06:30', '2026-01-05T10:30']],
    ['0 0 29 2 *', '2026-03-01T00:00:00Z', ['2028-02-29T00:00']],
    ['0 12 13 * 5', '2026-01-01T00:00:00Z', ['2026-01-02T12:00', '2026-01-09T12:00', '2026-01-13T12:00']],
    ['@monthly', '2026-01-31T23:59:00Z', ['2026-02-01T00:00']],
    ['@every 1h30m', '2026-01-01T00:00:10Z', ['2026-01-01T01:30', '2026-01-01T03:00']],
    ['5/20 * * * *', '2026-01-01T00:00:00Z', ['2026-01-01T00:05', '2026-01-01T00:25', '2026-01-01T00:45']],
  ])('%s after %s', (schedule, from, expected) => {
    expect(times(schedule, from, { count: expected.length })).toEqual(expected)
  })

  test('follows the clocks of its time zone, also when they change', () => {
    expect(times('0 9 * * *', '2026-03-28T00:00:00Z', { count: 2, zone: 'Europe/Berlin' })).toEqual([
      '2026-03-28T08:00',
      '2026-03-29T07:00',
    ])
    expect(times('30 2 * * *', '2026-03-28T12:00:00Z', { zone: 'Europe/Berlin' })).toEqual(['2026-03-30T00:30'])
  })

  test('that can never come has no next time', () => {
    expect(parseSchedule('0 0 31 2 *').next(at('2026-01-01T00:00:00Z'))).toBeUndefined()
  })

  test.each([
    ['a * * * *', 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
    ['* 24 * * *', 'end of range (24) above maximum (23): 24'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['@sometimes', 'unrecognized descriptor: @sometimes'],
  ])('%s: %s', (schedule, message) => {
    expect(() => parseSchedule(schedule)).toThrow(message)
  })
})
