/** Values as a learner reads them: short, in the notation of kubectl. */
const MOST_CHARS = 400

export function show(value: unknown): string {
  if (value === undefined || value === null) return '-'
  if (typeof value === 'string') return shorten(value === '' ? '""' : value)
  if (value instanceof RegExp) return String(value)
  if (value instanceof Set) return showAll(value)
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return showAll(value)
  return shorten(typeof value === 'object' ? JSON.stringify(value) : String(value))
}

export const showAll = (values: Iterable<unknown>): string => shorten([...values].map(show).join(', ') || '-')

const shorten = (text: string) => (text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text)
