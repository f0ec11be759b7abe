import { failure } from '../objects/status.js'
import type { Pod, ServiceAccount, Volume } from '../schema/kubernetes.generated.js'
import { nameSuffix } from '../time/random.js'
import type { AdmissionPlugin, AdmissionReview } from './admission.js'

export const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'
const MIRROR = 'kubernetes.io/config.mirror'
/** Longer than an hour, so that clients that never reload notice late. @see plugin/pkg/admission/serviceaccount */
const TOKEN_SECONDS = 3607

const tokenVolume = (name: string): Volume => ({
  name,
  projected: {
    defaultMode: 420,
    sources: [
      { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
    ],
  },
})

function mountToken({ context }: AdmissionReview, pod: Pod): void {
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]
  const needy = containers.filter((container) => !container.volumeMounts?.some((mount) => mount.mountPath === TOKEN_PATH))
  if (needy.length === 0) return
  const existing = pod.spec.volumes?.find((volume) => volume.name.startsWith('kube-api-access-'))
  const name = existing?.name ?? `kube-api-access-${nameSuffix(context.random)}`
  if (!existing) pod.spec.volumes = [...(pod.spec.volumes ?? []), tokenVolume(name)]
  for (const container of needy)
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath: TOKEN_PATH }]
}

/** Every Pod runs as a ServiceAccount and holds its token, unless told otherwise. */
export const serviceAccountAdmission: AdmissionPlugin = {
  name: 'ServiceAccount',
  mutate(review) {
    const { context, request, operation, object } = review
    if (operation !== 'CREATE' || request.resource.storage !== 'pods' || request.subresource) return
    const pod = object as Pod
    if (pod.metadata.annotations?.[MIRROR] !== undefined) return
    pod.spec.serviceAccountName ||= 'default'
    pod.spec.serviceAccount = pod.spec.serviceAccountName
    const { serviceAccountName } = pod.spec
    const account = context.store.get('serviceaccounts', `${request.namespace}/${serviceAccountName}`) as
      | ServiceAccount
      | undefined
    if (!account)
      throw failure.forbidden(
        request.resource,
        pod.metadata.name,
        `error looking up service account ${request.namespace}/${serviceAccountName}: serviceaccount ${JSON.stringify(serviceAccountName)} not found`,
      )
    if (!pod.spec.imagePullSecrets?.length && account.imagePullSecrets?.length)
      pod.spec.imagePullSecrets = account.imagePullSecrets
    const wanted = pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true
    if (wanted) mountToken(review, pod)
  },
}
