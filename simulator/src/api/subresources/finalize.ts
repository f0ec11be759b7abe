/** The namespace controller takes `kubernetes` off `spec.finalizers` when nothing is left. @see pkg/registry/core/namespace/storage */
import { type AdmissionReview, runMutations, runValidations } from '../../admission/admission.js'
import { clone, isObject } from '../../objects/object.js'
import type { Namespace } from '../../schema/kubernetes.generated.js'
import { finishDeletion } from '../verbs/delete.js'
import type { SubresourceHandler } from './index.js'
import { storedObject } from './stored.js'

export const finalize: SubresourceHandler = {
  update(context, request) {
    const old = storedObject<Namespace>(context, request)
    const namespace = clone(old)
    const spec = request.body?.spec
    const finalizers = isObject(spec) && Array.isArray(spec.finalizers) ? (spec.finalizers as string[]) : []
    namespace.spec = { ...namespace.spec, finalizers }
    if (finalizers.length === 0) delete namespace.spec.finalizers
    const review: AdmissionReview = { context, request, operation: 'UPDATE', object: namespace, old }
    runMutations(review)
    runValidations(review)
    if (request.dryRun || finishDeletion(context, request, namespace)) return namespace
    return context.store.put('namespaces', request.name, namespace)
  },
}
