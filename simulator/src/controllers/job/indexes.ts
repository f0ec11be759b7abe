/** Sets of completion indexes, as the status of an Indexed Job writes them: `0,2-5`. @see pkg/controller/job/indexed_job_utils.go */

export interface Interval {
  first: number
  last: number
}
/** In order, and apart. */
export type Indexes = readonly Interval[]

/** What is not a number is passed over; what is beyond `completions` is cut off. */
export function parseIndexes(text: string | undefined, completions: number): Indexes {
  const intervals = (text ?? '').split(',').flatMap((part) => {
    const [first = Number.NaN, last = first] = part
      .split('-')
      .map((number) => (/^\d+$/.test(number) ? Number(number) : Number.NaN))
    if (Number.isNaN(first) || Number.isNaN(last) || first >= completions) return []
    return [{ first, last: Math.min(last, completions - 1) }]
  })
  return join(intervals)
}

function join(intervals: Interval[]): Indexes {
  const joined: Interval[] = []
  for (const { first, last } of [...intervals].sort((a, b) => a.first - b.first)) {
    const before = joined.at(-1)
    if (!before || first > before.last + 1) joined.push({ first, last })
    else before.last = Math.max(before.last, last)
  }
  return joined
}

export const indexesOf = (numbers: Iterable<number>): Indexes =>
  join([...numbers].map((number) => ({ first: number, last: number })))
export const union = (...sets: Indexes[]): Indexes => join(sets.flat())
export const sizeOf = (indexes: Indexes): number => indexes.reduce((sum, { first, last }) => sum + last - first + 1, 0)
export const hasIndex = (indexes: Indexes, index: number): boolean =>
  indexes.some(({ first, last }) => first <= index && index <= last)

/** How many are in both. */
export const overlap = (left: Indexes, right: Indexes): number =>
  left.reduce(
    (sum, a) => sum + right.reduce((part, b) => part + Math.max(0, Math.min(a.last, b.last) - Math.max(a.first, b.first) + 1), 0),
    0,
  )

export const formatIndexes = (indexes: Indexes): string =>
  indexes
    .map(({ first, last }) => {
      if (first === last) return String(first)
      return last === first + 1 ? `${first},${last}` : `${first}-${last}`
    })
    .join(',')

/** The `count` lowest indexes below `completions` that are not among `taken`. */
export function firstFree(taken: Indexes, count: number, completions: number): number[] {
  const free: number[] = []
  let candidate = 0
  for (const { first, last } of [...taken, { first: completions, last: completions }]) {
    for (; candidate < Math.min(first, completions) && free.length < count; candidate++) free.push(candidate)
    candidate = Math.max(candidate, last + 1)
  }
  return free
}
