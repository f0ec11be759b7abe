/** From a URL path to what it asks for. @see apiserver/pkg/endpoints/request/requestinfo.go */

export interface ResourceRoute {
  type: 'resource'
  group: string
  version: string
  namespace: string
  resource: string
  name: string
  subresource: string
  /** What follows a proxied name. */
  rest: string
  isWatch: boolean
}
export type Route = ResourceRoute | { type: 'path'; path: string }

export function parsePath(path: string): Route {
  const parts = path.split('/').filter(Boolean).map(decode)
  const [root, ...below] = parts
  if (root === 'api' && below.length >= 2) return resourceRoute(path, { group: '', version: below[0] ?? '' }, below.slice(1))
  if (root === 'apis' && below.length >= 3)
    return resourceRoute(path, { group: below[0] ?? '', version: below[1] ?? '' }, below.slice(2))
  return { type: 'path', path }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function resourceRoute(path: string, { group, version }: { group: string; version: string }, segments: string[]): Route {
  const isWatch = segments[0] === 'watch'
  const parts = isWatch ? segments.slice(1) : segments
  const isInside =
    parts[0] === 'namespaces' && parts.length > 2 && !(parts.length === 3 && ['status', 'finalize'].includes(parts[2] ?? ''))
  const namespace = isInside ? (parts[1] ?? '') : ''
  const [resource = '', name = '', subresource = ''] = isInside ? parts.slice(2) : parts
  // What follows a proxied name goes on as it came, with its own escapes and its last slash.
  const before = (group ? 3 : 2) + (isWatch ? 1 : 0) + (isInside ? 2 : 0) + 3
  const rest = path
    .split('/')
    .slice(before + 1)
    .join('/')
  // A namespace is its own namespace to RBAC.
  const own = !isInside && resource === 'namespaces' && group === '' ? name : ''
  return {
    type: 'resource',
    group,
    version,
    namespace: namespace || own,
    resource,
    name,
    subresource,
    rest,
    isWatch,
  }
}
