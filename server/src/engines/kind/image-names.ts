/** What images are called: by labs, by registries, by containerd, and by Podman, which wants to be told the registry. */
import type { KindSettings } from './settings.js'

/** Images of this installation are told apart from those of another one on the same engine. */
export const repositoryOf = ({ imageNamespace, provider }: Pick<KindSettings, 'imageNamespace' | 'provider'>): string =>
  provider === 'podman' ? `localhost/wheelhouse-${imageNamespace}` : `wheelhouse-${imageNamespace}`

/** Where an image is asked for: images of Docker Hub at the mirror, where there is one; all others where they live. */
export function mirrored(image: string, mirror: string | null): string {
  if (!mirror) return image
  const [first = '', ...rest] = image.split('/')
  const namesRegistry = rest.length > 0 && /[.:]|^localhost$/.test(first)
  if (namesRegistry && first !== 'docker.io') return image
  const path = namesRegistry ? rest.join('/') : image
  return `${mirror}/${path.includes('/') ? path : `library/${path}`}`
}

/** `nginx:1.28` as containerd calls it: `docker.io/library/nginx:1.28`. */
export function fullName(image: string): string {
  const [first = '', ...rest] = image.split('/')
  if (rest.length > 0 && /[.:]|^localhost$/.test(first)) return image
  return rest.length > 0 ? `docker.io/${image}` : `docker.io/library/${image}`
}
