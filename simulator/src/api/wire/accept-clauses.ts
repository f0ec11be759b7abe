/** The clauses of an Accept header, in the order in which upstream tries them. Models github.com/munnerz/goautoneg. */

export interface Clause {
  type: string
  subtype: string
  /** Its parameters but the weight. */
  options: Record<string, string>
  weight: number
}

/** More clauses than any client names. */
const MOST_CLAUSES = 50

const textOf = (part = ''): string => part.replace(/^ +| +$/g, '')

/** What is no media type says nothing. */
function readClause(text: string): Clause | undefined {
  const [media = '', ...parameters] = text.split(';')
  const [type = '', subtype = type.trim() === '*' ? '*' : undefined, ...rest] = media.split('/').map(textOf)
  if (subtype === undefined || rest.length > 0) return undefined
  const options: Record<string, string> = {}
  for (const parameter of parameters) {
    const [name, value, ...more] = parameter.split('=').map(textOf)
    if (name && value && more.length === 0) options[name] = value
  }
  const { q, ...others } = options
  return { type, subtype, options: others, weight: q === undefined ? 1 : Number(q) || 0 }
}

/** Upstream's order is none that is total: what it makes of a header depends on where a clause stands, so it is sorted as there. */
const isBefore = (one: Clause, other: Clause): boolean =>
  one.weight > other.weight || (one.type !== '*' && other.type === '*') || (one.subtype !== '*' && other.subtype === '*')

export function clausesOf(header: string): Clause[] {
  const clauses: Clause[] = []
  for (const text of header.split(',', MOST_CLAUSES)) {
    const clause = readClause(text)
    if (!clause) continue
    let at = clauses.length
    for (let before = clauses[at - 1]; before && isBefore(clause, before); before = clauses[at - 1]) at--
    clauses.splice(at, 0, clause)
  }
  return clauses
}

/** Whether a clause takes that media type, such as `application/json`. */
export function takes({ type, subtype }: Clause, media: string): boolean {
  const [ofType, ofSubtype] = media.split('/')
  return (type === ofType && (subtype === ofSubtype || subtype === '*')) || (type === '*' && subtype === '*')
}
