/** Image names as people write them: `nginx`, `nginx:latest` and `docker.io/library/nginx` are one image. */

/** The name with everything that a container runtime fills in. A digest is kept as it is written. */
export function wholeImageName(image: string): string {
  const [name = '', digest] = image.split('@')
  const parts = name.split('/')
  const host = parts.length > 1 && /[.:]|^localhost$/.test(parts[0] ?? '') ? parts.shift() : 'docker.io'
  const registry = host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host
  const path = registry === 'docker.io' && parts.length === 1 ? ['library', ...parts] : parts
  const tagged = path.join('/').includes(':') || digest ? path.join('/') : `${path.join('/')}:latest`
  return [`${registry}/${tagged}`, digest].filter((part) => part !== undefined).join('@')
}

export const isSameImage = (one: unknown, other: string): boolean =>
  typeof one === 'string' && wholeImageName(one) === wholeImageName(other)
