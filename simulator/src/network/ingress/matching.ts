/** How hosts and paths of Ingresses and HTTPRoutes match, and which of several wins. */

/** `*.shop.example` matches one label before it; empty matches all. */
export function hostMatches(pattern: string, host: string): boolean {
  if (pattern === '' || pattern === '*') return true
  if (!pattern.startsWith('*.')) return pattern.toLowerCase() === host.toLowerCase()
  const [, ...rest] = host.toLowerCase().split('.')
  return rest.join('.') === pattern.slice(2).toLowerCase()
}

/** More means more exact: a whole host before a wildcard before none. */
export const hostWeight = (pattern: string): number =>
  pattern === '' || pattern === '*' ? 0 : pattern.startsWith('*.') ? pattern.length : 1000 + pattern.length

/** `/shop` matches `/shop` and `/shop/cart`, not `/shopping`. */
export function prefixMatches(prefix: string, path: string): boolean {
  const bare = prefix.replace(/\/+$/, '')
  return bare === '' || path === bare || path.startsWith(`${bare}/`)
}
