/** Names of hosts in the Gateway API, whose wildcards stand for one label or more (an Ingress' for one alone). @see Hostname */

export function hostMatches(pattern: string, host: string): boolean {
  if (pattern === '') return true
  const [wanted, found] = [pattern.toLowerCase(), host.toLowerCase()]
  return wanted.startsWith('*.') ? found.endsWith(wanted.slice(1)) && found.length > wanted.length - 1 : wanted === found
}

/** A name of the one may be a name of the other. */
export const overlaps = (left: string, right: string): boolean =>
  left === '' || right === '' || hostMatches(left, right) || hostMatches(right, left)

/** More means more exact: a whole name before a wildcard, one with more after it first, before none. */
export const hostWeight = (pattern: string): number =>
  pattern === '' ? 0 : pattern.startsWith('*.') ? pattern.length : 1000 + pattern.length

/** Those whose name fits best what a client asks for. */
export function mostExact<T>(found: T[], host: string, nameOf: (each: T) => string): T[] {
  const fitting = found.filter((each) => hostMatches(nameOf(each), host))
  const most = Math.max(...fitting.map((each) => hostWeight(nameOf(each))))
  return fitting.filter((each) => hostWeight(nameOf(each)) === most)
}
