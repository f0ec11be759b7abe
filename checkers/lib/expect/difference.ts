/** Where two large things differ, so that evidence names the difference instead of pouring out both. */
import { isDeepStrictEqual } from 'node:util'
import type { Message } from '@wheelhouse/protocol'
import { message } from '../words.js'
import { show, showAll } from './show.js'

export interface Difference {
  /** Below the thing compared: `spec.containers[0].image`. */
  path: string
  found: unknown
  wanted: unknown
}

/** Shorter ones are read at a glance. */
const LONGEST_SHOWN_WHOLE = 100
const MOST_DIFFERENCES = 3

/**
 * The differences in the words of evidence; undefined where both sides are no objects, short enough to be shown whole, or different as a
 * whole, as the lines of a file are.
 */
export function differenceWords(found: unknown, wanted: unknown): { found: string; wanted: string } | undefined {
  if (!isBranch(found) || !isBranch(wanted)) return undefined
  if (JSON.stringify(found).length + JSON.stringify(wanted).length <= LONGEST_SHOWN_WHOLE) return undefined
  const all = differences(found, wanted)
  if (all.some(({ path }) => path === '' || /^\[\d+\]$/.test(path))) return undefined
  const words = (side: 'found' | 'wanted') =>
    all
      .slice(0, MOST_DIFFERENCES)
      .map((one) => `${one.path} = ${show(one[side])}`)
      .join('; ') + (all.length > MOST_DIFFERENCES ? '; …' : '')
  return { found: words('found'), wanted: words('wanted') }
}

/** Longer lists are compared for the reader. */
const LONGEST_LISTS = 300

/** What a long list lacks and has too many; undefined where two lists are read at a glance. */
export function memberWords(found: readonly unknown[], wanted: readonly unknown[]): Message | undefined {
  if (found.length === 0 || showAll(found).length + showAll(wanted).length <= LONGEST_LISTS) return undefined
  const lacking = (all: readonly unknown[], of: readonly unknown[]) =>
    showAll(all.filter((one) => !of.some((other) => isDeepStrictEqual(one, other))))
  return message('found.members', { missing: lacking(wanted, found), extra: lacking(found, wanted) })
}

/** The deepest parts that differ. Lists of different lengths differ as a whole. */
export function differences(found: unknown, wanted: unknown, path = ''): Difference[] {
  if (isDeepStrictEqual(found, wanted)) return []
  if (Array.isArray(found) && Array.isArray(wanted) && found.length === wanted.length)
    return found.flatMap((item, index) => differences(item, wanted[index], `${path}[${index}]`))
  if (!isRecord(found) || !isRecord(wanted)) return [{ path, found, wanted }]
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(found)])]
  return keys.flatMap((key) => differences(found[key], wanted[key], step(path, key)))
}

const step = (path: string, key: string) =>
  /^[\w-]+$/.test(key) ? `${path}${path === '' ? '' : '.'}${key}` : `${path}['${key}']`

const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null
const isRecord = (value: unknown): value is Record<string, unknown> => isBranch(value) && !Array.isArray(value)
