/** Approval of a CertificateSigningRequest. @see pkg/registry/certificates/certificates/strategy.go: csrApprovalStrategy */
import { type AdmissionReview, runMutations, runValidations } from '../../admission/admission.js'
import { maySignerVerb } from '../../admission/certificates.js'
import { validateConditions, validateKept } from '../../kinds/other/certificates.js'
import { FieldErrors } from '../../objects/field-errors.js'
import { clone, fieldsOf, type JsonObject, type KubeObject } from '../../objects/object.js'
import { failure } from '../../objects/status.js'
import type { CertificateSigningRequest } from '../../schema/kubernetes.generated.js'
import { timestamp } from '../../time/clock.js'
import type { ApiContext } from '../context.js'
import { trackManagers } from '../managed-fields.js'
import type { ApiRequest } from '../request.js'
import { patchFields } from '../verbs/patch.js'
import { decodeBody } from '../verbs/write.js'
import type { SubresourceHandler } from './index.js'
import { storedObject } from './stored.js'

type Condition = NonNullable<NonNullable<CertificateSigningRequest['status']>['conditions']>[number]

function timed(condition: Condition, before: Condition[], now: string): Condition {
  const same = before.find(({ type, status }) => type === condition.type && status === condition.status)
  return {
    ...condition,
    lastUpdateTime: condition.lastUpdateTime ?? now,
    lastTransitionTime: condition.lastTransitionTime ?? same?.lastTransitionTime ?? now,
  }
}

function write(context: ApiContext, request: ApiRequest, body: JsonObject): KubeObject {
  const old = storedObject<CertificateSigningRequest>(context, request)
  const wanted = decodeBody(request, body) as CertificateSigningRequest
  const { resourceVersion } = wanted.metadata
  if (resourceVersion && resourceVersion !== old.metadata.resourceVersion)
    throw failure.conflict(
      request.resource,
      request.name,
      'the object has been modified; please apply your changes to the latest version and try again',
    )
  const object = clone(old)
  const now = timestamp(context.clock.now())
  const conditions = (wanted.status?.conditions ?? []).map((each) => timed(each, old.status?.conditions ?? [], now))
  object.status = { ...object.status, conditions }
  const review: AdmissionReview = { context, request, operation: 'UPDATE', object, old }
  runMutations(review)
  const errors = new FieldErrors()
  validateConditions(object, errors)
  validateKept(object, old, errors)
  if (errors.any) throw errors.toError(request.resource.group, request.resource.kind, request.name)
  if (!maySignerVerb(context, request.user, 'approve', old.spec.signerName))
    throw failure.forbidden(
      request.resource,
      request.name,
      `user not permitted to approve requests with signerName ${JSON.stringify(old.spec.signerName)}`,
    )
  runValidations(review)
  trackManagers({ context, request, object, old })
  return request.dryRun ? object : context.store.put(request.resource.storage, request.name, object)
}

export const approval: SubresourceHandler = {
  get: (context, request) => storedObject(context, request),
  update: (context, request) => write(context, request, request.body ?? {}),
  patch: (context, request) =>
    write(context, request, patchFields(request, fieldsOf(storedObject(context, request))) as JsonObject),
}
