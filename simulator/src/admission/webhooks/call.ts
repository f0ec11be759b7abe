/** What is sent to a webhook, and what its answer means. Models apiserver/pkg/admission/plugin/webhook/{request,errors}. */
import type { Resource } from '../../kinds/resource.js'
import { fieldsOf, isObject, type Json, type JsonObject } from '../../objects/object.js'
import { ApiError } from '../../objects/status.js'
import type { WebhookClientConfig } from '../../schema/kubernetes.generated.js'
import type { AdmissionReview } from '../admission.js'
import { admissionRequest } from '../policies/variables.js'
import { shownObjects } from '../rules.js'
import type { WebhookAnswer, WebhookTarget } from './round.js'

export interface Verdict {
  allowed: boolean
  status?: JsonObject | undefined
  warnings: string[]
  /** JSON patch, where a mutating webhook sent one. */
  patch?: Json | undefined
}

/** The webhook could not be called, or answered with what is no answer. */
export class CallError extends Error {}

/** Without its uid, which would make every question a new one. */
export function reviewRequest(review: AdmissionReview, as: Resource): JsonObject {
  const { object, old } = shownObjects(review, as)
  return {
    ...admissionRequest(review, as),
    object: object ? (fieldsOf(object) as Json) : null,
    oldObject: old ? (fieldsOf(old) as Json) : null,
  }
}

export function targetOf({ service, url, caBundle }: WebhookClientConfig): WebhookTarget {
  if (!service) return { type: 'url', url: url ?? '' }
  const { namespace, name, port = 443, path = '/' } = service
  return { type: 'service', namespace, name, port, path, caBundle: caBundle as string | undefined }
}

/** As Go's client names what it called. */
function addressOf(target: WebhookTarget, seconds: number): string {
  const base = target.type === 'url' ? target.url : `https://${target.name}.${target.namespace}.svc:${target.port}${target.path}`
  return `${base}?timeout=${seconds}s`
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** @throws CallError with the reason */
export function readAnswer(
  answer: WebhookAnswer,
  { target, seconds, uid, isMutating }: { target: WebhookTarget; seconds: number; uid: string; isMutating: boolean },
): Verdict {
  if ('fault' in answer)
    throw new CallError(`failed to call webhook: Post ${JSON.stringify(addressOf(target, seconds))}: ${answer.fault}`)
  const { status, body } = answer.reply
  if (status === 404) throw new CallError('failed to call webhook: the server could not find the requested resource')
  if (status < 200 || status >= 300)
    throw new CallError(
      `failed to call webhook: an error on the server (${JSON.stringify(body.trim())}) has prevented the request from succeeding`,
    )
  const response = responseOf(parse(body), uid)
  const problem = patchProblem(response, isMutating)
  if (problem) throw new CallError(`received invalid webhook response: ${problem}`)
  return {
    allowed: response.allowed === true,
    status: isObject(response.status) ? response.status : undefined,
    warnings: Array.isArray(response.warnings) ? response.warnings.filter((each) => typeof each === 'string') : [],
    ...(typeof response.patch === 'string' && response.patch ? { patch: parsePatch(response.patch) } : {}),
  }
}

function parse(body: string): JsonObject {
  try {
    const value = JSON.parse(body) as Json
    if (isObject(value)) return value
  } catch {
    // Told below.
  }
  throw new CallError(
    `failed to call webhook: couldn't get version/kind; json parse error: json: cannot unmarshal ${body.trim() ? 'string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }' : 'unexpected end of JSON input'}`,
  )
}

function responseOf(review: JsonObject, uid: string): JsonObject {
  const { apiVersion, kind, response } = review
  const invalid = (why: string) => new CallError(`received invalid webhook response: ${why}`)
  if (!isObject(response)) throw invalid('webhook response was absent')
  if (text(response.uid) !== uid)
    throw invalid(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(text(response.uid))}`)
  if (apiVersion !== 'admission.k8s.io/v1' || kind !== 'AdmissionReview') {
    const [group = '', version = ''] = text(apiVersion).includes('/') ? text(apiVersion).split('/') : ['', text(apiVersion)]
    throw invalid(
      `expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got ${group}/${version}, Kind=${text(kind)}`,
    )
  }
  return response
}

function patchProblem({ patch, patchType }: JsonObject, isMutating: boolean): string | undefined {
  if (!isMutating) {
    if (patch) return 'validating webhook may not return response.patch'
    return patchType === undefined ? undefined : 'validating webhook may not return response.patchType'
  }
  if (patch && patchType === undefined) return 'webhook returned response.patch but not response.patchType'
  if (!patch && patchType !== undefined) return 'webhook returned response.patchType but not response.patch'
  return undefined
}

function parsePatch(encoded: string): Json {
  try {
    return JSON.parse(Buffer.from(encoded, 'base64').toString()) as Json
  } catch {
    throw new CallError('received invalid webhook response: the patch is no JSON')
  }
}

/** The refusal of a webhook that said no. */
export function rejection(name: string, status: JsonObject | undefined): ApiError {
  const head = `admission webhook ${JSON.stringify(name)} denied the request`
  const { code, message, reason } = status ?? {}
  const why = text(message) || text(reason)
  const number = typeof code === 'number' && code >= 400 ? code : 400
  const details = isObject(status?.details) ? (status.details as object) : {}
  return new ApiError(number, text(reason), why ? `${head}: ${why}` : `${head} without explanation`, details)
}
