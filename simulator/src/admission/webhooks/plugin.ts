/** Webhooks of the cluster. Models apiserver/pkg/admission/plugin/webhook/{mutating,validating}/dispatcher.go. */
import { applyPatch, type Operation } from 'rfc6902'
import { type Resource, shownAs } from '../../kinds/resource.js'
import { clone, fieldsOf, type Json, sameJson } from '../../objects/object.js'
import { failure } from '../../objects/status.js'
import type {
  MutatingWebhook,
  MutatingWebhookConfiguration,
  ValidatingWebhook,
  ValidatingWebhookConfiguration,
} from '../../schema/kubernetes.generated.js'
import type { AdmissionPlugin, AdmissionReview } from '../admission.js'
import { type Compiled, compileConditions, conditionsHold, ExpressionError } from '../policies/expressions.js'
import { ReviewVariables } from '../policies/variables.js'
import { replaceReviewed } from '../replace.js'
import { isExempt, matchRules, selectorsMatch } from '../rules.js'
import { CallError, readAnswer, rejection, reviewRequest, targetOf, type Verdict } from './call.js'
import { WebhookNeeded } from './round.js'

const GROUP = 'admissionregistration.k8s.io'
export const MUTATING = `${GROUP}/mutatingwebhookconfigurations`
export const VALIDATING = `${GROUP}/validatingwebhookconfigurations`
const DEFAULT_SECONDS = 10

type Webhook = ValidatingWebhook | MutatingWebhook

const conditions = new WeakMap<Webhook, Compiled[]>()

/** @throws ApiError 403 where a condition cannot be evaluated and the policy is Fail */
function meetsConditions(review: AdmissionReview, hook: Webhook, as: Resource): boolean {
  if (!hook.matchConditions?.length) return true
  const compiled = conditions.get(hook) ?? compileConditions(hook.matchConditions, false)
  conditions.set(hook, compiled)
  try {
    return conditionsHold(compiled, new ReviewVariables(review, as))
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    if (hook.failurePolicy === 'Ignore') return false
    throw failure.forbidden(review.request.resource, review.request.name || review.object.metadata.name, error.message)
  }
}

/** As what the webhook knows the request; undefined where it is not asked. */
function matches(review: AdmissionReview, hook: Webhook): Resource | undefined {
  if (!selectorsMatch(review, hook)) return undefined
  const as = matchRules(review, hook.rules ?? [], hook.matchPolicy)
  return as && meetsConditions(review, hook, as) ? as : undefined
}

/** What the webhook says. @throws WebhookNeeded where it has not been asked, CallError where it could not be */
function verdictOf(
  review: AdmissionReview,
  hook: Webhook,
  { as, owner, isMutating }: { as: Resource; owner: string; isMutating: boolean },
): Verdict {
  const { request, context } = review
  if (!request.round) throw new WebhookNeeded()
  const asked = reviewRequest(review, as)
  const seconds = hook.timeoutSeconds ?? DEFAULT_SECONDS
  const uid = context.random.uuid()
  const key = JSON.stringify([owner, hook.name, review.isReinvoked === true, uid, asked])
  const target = targetOf(hook.clientConfig)
  const answer = request.round.answers.get(key)
  if (answer) return readAnswer(answer, { target, seconds, uid, isMutating })
  const body = JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request: { uid, ...asked } })
  throw new WebhookNeeded({ key, call: { target, body, timeoutMs: seconds * 1000 } })
}

/** The verdict; undefined where the webhook failed and may be passed over. @throws ApiError 500 where it failed and may not, or its refusal */
function call(
  review: AdmissionReview,
  hook: Webhook,
  options: { as: Resource; owner: string; isMutating: boolean },
): Verdict | undefined {
  try {
    const verdict = verdictOf(review, hook, options)
    review.request.warnings.push(...verdict.warnings)
    if (!verdict.allowed) throw rejection(hook.name, verdict.status)
    return verdict
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    if (hook.failurePolicy === 'Ignore') return undefined
    throw failure.internal(`failed calling webhook ${JSON.stringify(hook.name)}: ${error.message}`)
  }
}

/** The webhooks that want to see the object again where somebody has changed it after them: with what they left. */
const rounds = new WeakMap<AdmissionReview, Map<string, Json>>()

function mutate(review: AdmissionReview, hook: MutatingWebhook, owner: string): void {
  const as = matches(review, hook)
  if (!as) return
  const { patch } = call(review, hook, { as, owner, isMutating: true }) ?? {}
  if (patch === undefined || (Array.isArray(patch) && patch.length === 0)) return
  if (review.operation === 'DELETE')
    throw failure.internal(
      `admission webhook ${JSON.stringify(hook.name)} attempted to modify the object, which is not supported for this operation`,
    )
  const before = fieldsOf(review.isPart ? review.object : shownAs(review.request.resource, review.object))
  const after = clone(before)
  const failed = Array.isArray(patch)
    ? applyPatch(after, patch as unknown as Operation[]).find((each) => each !== null)
    : undefined
  if (failed || !Array.isArray(patch))
    throw failure.internal(
      `the patch of webhook ${JSON.stringify(hook.name)} cannot be applied: ${failed?.message ?? 'it is no list'}`,
    )
  if (sameJson(before, after)) return
  replaceReviewed(review, after)
  review.wantsReinvocation = true
}

export const mutatingWebhooks: AdmissionPlugin = {
  name: 'MutatingAdmissionWebhook',
  seesParts: true,
  mutate(review) {
    const configurations = review.context.store.list(MUTATING) as MutatingWebhookConfiguration[]
    if (configurations.length === 0 || isExempt(review)) return
    const left = rounds.get(review) ?? new Map<string, Json>()
    rounds.set(review, left)
    for (const { metadata, webhooks = [] } of configurations) {
      for (const hook of webhooks) {
        const id = `${metadata.name}/${hook.name}`
        if (review.isReinvoked && (!left.has(id) || sameJson(left.get(id), review.object))) continue
        mutate(review, hook, metadata.name)
        if (hook.reinvocationPolicy === 'IfNeeded') left.set(id, clone(fieldsOf(review.object) as Json))
      }
    }
  },
}

export const validatingWebhooks: AdmissionPlugin = {
  name: 'ValidatingAdmissionWebhook',
  seesParts: true,
  validate(review) {
    const configurations = review.context.store.list(VALIDATING) as ValidatingWebhookConfiguration[]
    if (configurations.length === 0 || isExempt(review)) return
    for (const { metadata, webhooks = [] } of configurations) {
      for (const hook of webhooks) {
        const as = matches(review, hook)
        if (as) call(review, hook, { as, owner: metadata.name, isMutating: false })
      }
    }
  },
}
