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

export const formatReference = ({ repository, tag, digest }: Reference): string =>
  `${repository}${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}`
