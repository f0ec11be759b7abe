/** ValidatingAdmissionPolicy. Models apiserver/pkg/admission/plugin/policy/validating/{dispatcher,validator}.go. */
import type { Resource } from '../../kinds/resource.js'
import type { JsonObject } from '../../objects/object.js'
import { ApiError, failure } from '../../objects/status.js'
import type {
  AuditAnnotation,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  Validation,
} from '../../schema/kubernetes.generated.js'
import type { AdmissionPlugin, AdmissionReview } from '../admission.js'
import { ConfigurationError, collectParams, type Matched, matchPolicies } from './bindings.js'
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
  programCache,
} from './expressions.js'
import { ReviewVariables } from './variables.js'

export const POLICIES = 'admissionregistration.k8s.io/validatingadmissionpolicies'
export const BINDINGS = 'admissionregistration.k8s.io/validatingadmissionpolicybindings'
const LONGEST_MESSAGE = 5 * 1024

interface Program {
  expressions: PolicyExpressions
  conditions: Compiled[]
  validations: { validation: Validation; condition: Compiled; message?: Compiled }[]
  annotations: { annotation: AuditAnnotation; value: Compiled }[]
}

export function programOf({ spec }: ValidatingAdmissionPolicy): Program {
  const { validations = [], auditAnnotations = [] } = spec
  const common = commonProgram(spec)
  const open = common.expressions.environment({ authorizer: true })
  const closed = common.expressions.environment({})
  return {
    ...common,
    validations: validations.map((validation) => ({
      validation,
      condition: compile(open, validation.expression, ['bool']),
      ...(validation.messageExpression?.trim() ? { message: compile(closed, validation.messageExpression, ['string']) } : {}),
    })),
    annotations: auditAnnotations.map((annotation) => ({
      annotation,
      value: compile(open, annotation.valueExpression.trim(), ['string', 'null_type']),
    })),
  }
}

const cachedProgram = programCache(programOf)

/** What speaks against the request. */
interface Denial {
  message: string
  reason: string
  /** It holds whatever the actions of the binding are. */
  always?: boolean
}

const fault = (policy: ValidatingAdmissionPolicy, message: string, always = false): Denial[] =>
  policy.spec.failurePolicy === 'Ignore' ? [] : [{ message, reason: '', always }]

function messageOf({ validation, message }: Program['validations'][number], run: PolicyRun): string {
  let text = ''
  if (message) {
    try {
      const value = run.evaluate(message)
      text = typeof value === 'string' ? value.trim() : ''
      if (text.length > LONGEST_MESSAGE || text.includes('\n')) text = ''
    } catch (error) {
      // The fixed message takes its place, as upstream does.
      if (!(error instanceof ExpressionError)) throw error
    }
  }
  return text || validation.message?.trim() || `failed expression: ${validation.expression.trim()}`
}

function judge(policy: ValidatingAdmissionPolicy, variables: ReviewVariables): Denial[] {
  const program = cachedProgram(policy)
  try {
    if (!conditionsHold(program.conditions, variables)) return []
    const run = PolicyRun.begin(program.expressions, variables, { budget: POLICY_BUDGET, program, part: 'validations' })
    const denials = program.validations.flatMap((each) => judgeOne(policy, each, run))
    return [...denials, ...checkAnnotations(policy, program, variables)]
  } catch (error) {
    if (error instanceof ExpressionError || error instanceof OutOfBudget) return fault(policy, error.message)
    throw error
  }
}

function judgeOne(policy: ValidatingAdmissionPolicy, each: Program['validations'][number], run: PolicyRun): Denial[] {
  try {
    if (run.evaluate(each.condition) === true) return []
  } catch (error) {
    if (error instanceof ExpressionError) return fault(policy, error.message)
    throw error
  }
  try {
    return [{ message: messageOf(each, run), reason: each.validation.reason ?? 'Invalid' }]
  } catch (error) {
    if (error instanceof OutOfBudget) return fault(policy, `failed messageExpression: ${error.message}`)
    throw error
  }
}

/** Nobody keeps an audit log here, but an annotation that cannot be made refuses the request all the same. */
function checkAnnotations(policy: ValidatingAdmissionPolicy, program: Program, variables: ReviewVariables): Denial[] {
  const run = PolicyRun.begin(program.expressions, variables, { budget: POLICY_BUDGET, program, part: 'annotations' })
  return program.annotations.flatMap(({ value }) => {
    try {
      run.evaluate(value)
      return []
    } catch (error) {
      if (error instanceof ExpressionError) return fault(policy, error.message, true)
      throw error
    }
  })
}

const CODES: Record<string, number> = { Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413 }

function refusal({ request, object }: AdmissionReview, message: string, reason: string): ApiError {
  const { details, message: text } = failure.forbidden(request.resource, request.name || object.metadata.name, message)
  const shown = reason || 'Invalid'
  return new ApiError(CODES[shown] ?? 422, shown, text, { ...details, causes: [{ message }] as never })
}

type ValidatingMatch = Matched<ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding>

class Dispatch {
  readonly #denied: { message: string; reason: string }[] = []
  constructor(readonly review: AdmissionReview) {}

  run(matched: ValidatingMatch[]): void {
    for (const { policy, bindings, as } of matched) for (const binding of bindings) this.#runBinding(policy, binding, as)
    const [first] = this.#denied
    if (first) throw refusal(this.review, first.message, first.reason)
  }

  #runBinding(policy: ValidatingAdmissionPolicy, binding: ValidatingAdmissionPolicyBinding, as: Resource): void {
    const names = `'${policy.metadata.name}' with binding '${binding.metadata.name}'`
    let params: (JsonObject | undefined)[]
    try {
      params = collectParams(this.review, policy, binding)
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error
      const isPolicy = error.message.startsWith('failed to find resource')
      const about = isPolicy ? `'${policy.metadata.name}'` : names
      for (const each of fault(policy, `failed to configure ${isPolicy ? 'policy' : 'binding'}: ${error.message}`))
        this.#deny(about, each)
      return
    }
    const denials = params.flatMap((each) => judge(policy, new ReviewVariables(this.review, as, each)))
    for (const denial of denials) {
      const actions = denial.always ? ['Deny'] : (binding.spec?.validationActions ?? [])
      if (actions.includes('Deny')) this.#deny(names, denial)
      if (actions.includes('Warn'))
        this.review.request.warnings.push(`Validation failed for ValidatingAdmissionPolicy ${names}: ${denial.message}`)
    }
  }

  #deny(names: string, { message, reason }: Denial): void {
    this.#denied.push({ message: `ValidatingAdmissionPolicy ${names} denied request: ${message}`, reason })
  }
}

export const validatingPolicies: AdmissionPlugin = {
  name: 'ValidatingAdmissionPolicy',
  seesParts: true,
  validate(review) {
    const matched = matchPolicies<ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding>(review, {
      policies: POLICIES,
      bindings: BINDINGS,
    })
    if (matched.length) new Dispatch(review).run(matched)
  },
}
