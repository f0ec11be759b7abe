/** `nginx` -> `docker.io/library/nginx:latest`. @see github.com/distribution/reference */
export interface Reference {
  repository: string
  tag: string
  digest: string
}

export function parseReference(image: string): Reference | undefined {
  const [named = '', digest = ''] = image.split('@')
  const slash = named.lastIndexOf('/')
  const colon = named.indexOf(':', slash)
  const name = colon < 0 ? named : named.slice(0, colon)
  const tag = colon < 0 ? '' : named.slice(colon + 1)
  if (
    !/^[a-z0-9]+([._-]+[a-z0-9]+)*(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/.test(name) ||
    (colon >= 0 && !/^[\w][\w.-]{0,127}$/.test(tag))
  )
    return undefined
  const [first = '', ...rest] = name.split('/')
  const hasHost = rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost')
  const repository = hasHost ? name : rest.length > 0 ? `docker.io/${name}` : `docker.io/library/${name}`
  return { repository, tag: tag || (digest ? '' : 'latest'), digest }
}

/** What containerd says of a name that is none; undefined where it is well formed. */
export function nameFault(image: string): string | undefined {
  if (parseReference(image)) return undefined
  const lower = parseReference(image.toLowerCase())
  const [named = ''] = image.split('@')
  const slash = named.lastIndexOf('/')
  const colon = named.indexOf(':', slash)
  const path = named.includes('/') ? named : `library/${named.slice(0, colon < 0 ? undefined : named.indexOf(':'))}`
  const isCase = /[A-Z]/.test(path) && (lower !== undefined || /[A-Z]/.test(named.split(':')[0] ?? ''))
  const why = isCase ? `: repository name (${path.replace(/:[^/]*$/, '')}) must be lowercase` : ''
  return `couldn't parse image name "${image}": invalid reference format${why}`
}

export const formatReference = ({ repository, tag, digest }: Reference): string =>
  `${repository}${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}`
