/** The parts of an address that a client is given. */
export interface Url {
  scheme: string
  host: string
  port: number
  path: string
  user: string | undefined
  shown: string
}

const PORTS: Record<string, number> = { http: 80, https: 443, ftp: 21, telnet: 23 }

export function parseUrl(text: string): Url | undefined {
  const match = /^(?:([a-z]+):\/\/)?(?:([^@/]+)@)?(\[[^\]]+\]|[^/:?#]*)(?::(\d+))?([/?#].*)?$/i.exec(text)
  if (!match) return undefined
  const [, given = 'http', user, host = '', port, rest = '/'] = match
  const scheme = given.toLowerCase()
  const path = rest.startsWith('/') ? rest : `/${rest}`
  return { scheme, host, port: Number(port ?? PORTS[scheme] ?? 80), path: path.split('#')[0] || '/', user, shown: text }
}

/** What stands in the Host header: without the port that the scheme implies. */
export const hostHeader = ({ scheme, host, port }: Url): string => (PORTS[scheme] === port ? host : `${host}:${port}`)

/** Where a Location leads, seen from the address that answered with it. */
export function follow(from: Url, location: string): Url | undefined {
  if (/^[a-z]+:\/\//i.test(location)) return parseUrl(location)
  if (location.startsWith('//')) return parseUrl(`${from.scheme}:${location}`)
  const folder = (from.path.split('?')[0] ?? '/').replace(/[^/]*$/, '')
  const path = location.startsWith('/') ? location : `${folder}${location}`
  return { ...from, path, shown: `${from.scheme}://${hostHeader(from)}${path}` }
}
