/** MutatingAdmissionPolicy. Models apiserver/pkg/admission/plugin/policy/mutating/{dispatcher,patch}. */
import { applyPatch, type Operation } from 'rfc6902'
import { schemaOf } from '../../api/managed-fields.js'
import { toJson } from '../../cel/json.js'
import { CelMap, EvaluationError, isList, Opaque, type Value } from '../../cel/values.js'
import { type Resource, shownAs } from '../../kinds/resource.js'
import { clone, fieldsOf, isObject, type Json, type JsonObject, sameJson } from '../../objects/object.js'
import { ApiError, failure } from '../../objects/status.js'
import { mergeApplied } from '../../patch/apply-merge.js'
import { shapeOf } from '../../patch/field-set.js'
import type { MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding, Mutation } from '../../schema/kubernetes.generated.js'
import { childField, type Field } from '../../schema/types.js'
import type { AdmissionPlugin, AdmissionReview } from '../admission.js'
import { replaceReviewed } from '../replace.js'
import { ConfigurationError, collectParams, matchPolicies } from './bindings.js'
import {
  type Compiled,
  commonProgram,
  compile,
  conditionsHold,
  ExpressionError,
  OutOfBudget,
  POLICY_BUDGET,
  type PolicyExpressions,
  PolicyRun,
  patchResult,
  patchText,
  programCache,
} from './expressions.js'
import { ReviewVariables } from './variables.js'

export const POLICIES = 'admissionregistration.k8s.io/mutatingadmissionpolicies'
export const BINDINGS = 'admissionregistration.k8s.io/mutatingadmissionpolicybindings'

interface Program {
  expressions: PolicyExpressions
  conditions: Compiled[]
  mutations: { mutation: Mutation; patch: Compiled }[]
}

function programOf({ spec }: MutatingAdmissionPolicy): Program {
  const common = commonProgram(spec)
  const environment = common.expressions.environment({ authorizer: true, patches: true })
  return {
    ...common,
    mutations: (spec.mutations ?? []).map((mutation) => ({
      mutation,
      patch: compile(environment, patchText(mutation), patchResult(mutation)),
    })),
  }
}

const cachedProgram = programCache(programOf)

/** An `Object.spec{...}` may stand at `spec` only. @throws ExpressionError */
function checkNames(value: Value, path: string): void {
  if (isList(value)) for (const each of value) checkNames(each, path)
  if (!(value instanceof Opaque) || !(value.inner instanceof CelMap)) return
  if (value.typeName.startsWith('Object') && value.typeName !== path)
    throw new ExpressionError(
      `type mismatch: unexpected type name ${JSON.stringify(value.typeName)}, expected ${JSON.stringify(path)}, which matches field name path from root Object type`,
    )
  for (const name of value.inner.keys()) checkNames(value.inner.get(name) ?? null, `${path}.${String(name)}`)
}

function operationOf(value: Value): JsonObject {
  const fields = value instanceof Opaque && value.inner instanceof CelMap ? value.inner : undefined
  const result: JsonObject = {}
  for (const name of ['op', 'path', 'from', 'value']) {
    const found = fields?.get(name)
    if (found !== undefined) result[name] = toJson(found)
  }
  return result
}

/** The object after a JSON patch; itself where a test of the patch fails. @throws ExpressionError */
function jsonPatched(before: JsonObject, value: Value): JsonObject {
  const operations = isList(value) ? value.map(operationOf) : []
  const target = clone(before)
  for (const operation of operations) {
    const [problem] = applyPatch(target, [operation as unknown as Operation])
    if (!problem) continue
    if (operation.op === 'test') return before
    throw new ExpressionError(`JSON Patch: ${patchProblem(operation)}`)
  }
  return target
}

/** As evanphx/json-patch says it. */
function patchProblem({ op, path }: JsonObject): string {
  const key = String(path).split('/').at(-1)
  if (op === 'remove')
    return `error in remove for path: '${String(path)}': Unable to remove nonexistent key: ${key}: missing value`
  if (op === 'replace') return `replace operation does not apply: doc is missing key: ${String(path)}: missing value`
  return `${String(op)} operation does not apply: doc is missing path: ${JSON.stringify(path)}: missing value`
}

/** Atomic lists and structs are taken whole by a merge: too easy to lose a part of one. */
function atomicsIn(value: Json, field: Field | undefined, path: string): string[] {
  const own = field && typeof value === 'object' && value !== null && shapeOf(field, value) === 'leaf' ? [path] : []
  if (Array.isArray(value)) return [...own, ...value.flatMap((each, index) => atomicsIn(each, field?.items, `${path}[${index}]`))]
  if (!isObject(value)) return own
  return [
    ...own,
    ...Object.entries(value).flatMap(([name, each]) => atomicsIn(each ?? null, childField(field, name), `${path}.${name}`)),
  ]
}

/** @throws ExpressionError */
function applied(resource: Resource, before: JsonObject, value: Value): JsonObject {
  checkNames(value, 'Object')
  const configuration = toJson(value)
  const schema = schemaOf(resource)
  const atomics = schema ? atomicsIn(configuration, schema, '') : []
  if (atomics.length)
    throw new ExpressionError(
      `error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomics.join(', ')}`,
    )
  return mergeApplied(before, configuration, schema) as JsonObject
}

/** The policies that want to see the object again where somebody has changed it after them: with what they left. */
const rounds = new WeakMap<AdmissionReview, Map<string, Json>>()

class Dispatch {
  readonly #errors: string[] = []
  constructor(
    readonly review: AdmissionReview,
    readonly left: Map<string, Json>,
  ) {}

  run(): void {
    const matched = matchPolicies<MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding>(this.review, {
      policies: POLICIES,
      bindings: BINDINGS,
    })
    for (const { policy, bindings, as } of matched) for (const binding of bindings) this.#runBinding(policy, binding, as)
    const [first] = this.#errors
    if (!first) return
    const { request, object } = this.review
    const { details } = failure.forbidden(request.resource, request.name || object.metadata.name, '')
    throw new ApiError(403, 'Invalid', first, { ...details, causes: this.#errors.map((message) => ({ message })) as never })
  }

  #runBinding(policy: MutatingAdmissionPolicy, binding: MutatingAdmissionPolicyBinding, as: Resource): void {
    try {
      for (const params of collectParams(this.review, policy, binding)) this.#invoke(policy, binding, { as, params })
    } catch (error) {
      if (error instanceof ConfigurationError) this.#fail(policy, binding, `failed to configure binding: ${error.message}`)
      else if (error instanceof ExpressionError || error instanceof OutOfBudget || error instanceof EvaluationError)
        this.#fail(policy, binding, error.message)
      else throw error
    }
  }

  #fail(policy: MutatingAdmissionPolicy, binding: MutatingAdmissionPolicyBinding, why: string): void {
    if (policy.spec.failurePolicy === 'Ignore') return
    this.#errors.push(`policy '${policy.metadata.name}' with binding '${binding.metadata.name}' denied request: ${why}`)
  }

  #invoke(
    policy: MutatingAdmissionPolicy,
    binding: MutatingAdmissionPolicyBinding,
    { as, params }: { as: Resource; params: JsonObject | undefined },
  ): void {
    const { review, left } = this
    const key = `${policy.metadata.name}/${binding.metadata.name}`
    if (review.isReinvoked && (!left.has(key) || sameJson(left.get(key), review.object))) return
    const program = cachedProgram(policy)
    if (!conditionsHold(program.conditions, new ReviewVariables(review, as, params))) return
    for (const [part, { mutation, patch }] of program.mutations.entries()) {
      const variables = new ReviewVariables(review, as, params)
      const run = PolicyRun.begin(program.expressions, variables, { budget: POLICY_BUDGET, program, part })
      this.#mutate(mutation, run.evaluate(patch))
    }
    if (policy.spec.reinvocationPolicy === 'IfNeeded') left.set(key, clone(fieldsOf(review.object) as Json))
  }

  #mutate({ patchType }: Mutation, value: Value): void {
    const { review } = this
    const { resource } = review.request
    const before = fieldsOf(review.isPart ? review.object : shownAs(resource, review.object))
    const after = patchType === 'JSONPatch' ? jsonPatched(before, value) : applied(resource, before, value)
    if (sameJson(before, after)) return
    replaceReviewed(review, after)
    review.wantsReinvocation = true
  }
}

export const mutatingPolicies: AdmissionPlugin = {
  name: 'MutatingAdmissionPolicy',
  seesParts: true,
  mutate(review) {
    if (review.operation === 'DELETE' || review.context.store.list(POLICIES).length === 0) return
    const left = rounds.get(review) ?? new Map<string, Json>()
    rounds.set(review, left)
    new Dispatch(review, left).run()
  },
}
