/** Who may read what the kubelet writes into volumes. Models pkg/volume/projected, volume_linux.go and util.FsUserFrom (v1.36). */
import type { Pod } from '../schema/kubernetes.generated.js'

const OWNER_ALONE = 0o600
/** What the group of the Pod's files gets of a volume that is read only. */
const GROUP_READS = 0o440

/** All containers of the Pod run as one user, whoever that is. */
function hasOneUser({ spec }: Pod): boolean {
  const all = [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])]
  const users = all.map(({ securityContext }) => securityContext?.runAsUser ?? spec.securityContext?.runAsUser)
  return users[0] !== undefined && users.every((user) => user === users[0])
}

/** A token is its owner's alone where the kubelet knows who that is. */
export function tokenMode(pod: Pod, mode: number): number {
  return hasOneUser(pod) || pod.spec.securityContext?.fsGroup !== undefined ? OWNER_ALONE : mode
}

export const modeWithGroup = ({ spec }: Pod, mode: number): number =>
  spec.securityContext?.fsGroup === undefined ? mode : mode | GROUP_READS
