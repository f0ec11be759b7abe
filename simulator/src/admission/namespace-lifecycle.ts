import { failure } from '../objects/status.js'
import type { Namespace } from '../schema/kubernetes.generated.js'
import type { AdmissionPlugin } from './admission.js'

/** Its answer would tell whether the namespace is there. */
const ACCESS_REVIEW = 'authorization.k8s.io/localsubjectaccessreviews'
const IMMORTAL = new Set(['default', 'kube-system', 'kube-public'])

/** Nothing is made in a namespace that is not there or is going. @see apiserver/pkg/admission/plugin/namespace/lifecycle */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  seesParts: true,
  mutate({ context, request, operation, object }) {
    const { resource, namespace } = request
    if (operation !== 'CREATE' || !resource.namespaced || resource.storage === ACCESS_REVIEW) return
    const found = context.store.get('namespaces', namespace) as Namespace | undefined
    if (!found) throw failure.notFound({ group: '', resource: 'namespaces' }, namespace)
    if (!found.metadata.deletionTimestamp) return
    const error = failure.forbidden(
      resource,
      request.name || object.metadata.name,
      `unable to create new content in namespace ${namespace} because it is being terminated`,
    )
    error.details.causes = [
      { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' },
    ]
    throw error
  },
  validate({ request, operation }) {
    if (operation === 'DELETE' && request.resource.storage === 'namespaces' && IMMORTAL.has(request.name))
      throw failure.forbidden(request.resource, request.name, 'this namespace may not be deleted')
  },
}
