import type { Pod } from '../../schema/kubernetes.generated.js'

/** The claims of a Pod by name, with those of generic ephemeral volumes, which carry the name of the Pod. */
export const claimNamesOf = (pod: Pod): string[] =>
  (pod.spec.volumes ?? []).flatMap((volume) => {
    if (volume.ephemeral) return [`${pod.metadata.name}-${volume.name}`]
    return volume.persistentVolumeClaim?.claimName ?? []
  })

/** The same as keys. */
export const claimKeysOf = (pod: Pod): string[] => claimNamesOf(pod).map((name) => `${pod.metadata.namespace}/${name}`)
