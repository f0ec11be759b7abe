/**
 * What is wrong with a policy's expressions by the types of what it matches: told in its status, and nothing else comes of it.
 * Models apiserver/pkg/admission/plugin/policy/validating/typechecking.go.
 */
import { CompileError } from '../../cel/program.js'
import type { CelType } from '../../cel/types.js'
import type { GroupVersionKind } from '../../kinds/resource.js'
import type { ExpressionWarning, NamedRuleWithOperations, ValidatingAdmissionPolicy } from '../../schema/kubernetes.generated.js'
import { PolicyExpressions } from './expressions.js'

/** @see maxTypesToCheck */
const MOST_TYPES = 10

export interface TypeSource {
  /** The kinds that are served there. A group of '' stands for any, as upstream's mapper reads it. */
  kindsOf(address: { group: string; version: string; resource: string }): GroupVersionKind[]
  /** Undefined where nobody knows the schema. */
  typeOf(kind: GroupVersionKind): CelType | undefined
}

/** Without those that a wildcard stands in; all of a list is given up where one stands in it. */
const plain = (list: readonly string[] = []): string[] => (list.some((each) => each.includes('*')) ? [] : [...list].sort())

function kindsOfRule(
  { apiGroups, apiVersions, resources = [] }: NamedRuleWithOperations,
  source: TypeSource,
): GroupVersionKind[] {
  const named = resources.filter((each) => !/[*/]/.test(each)).sort()
  return plain(apiGroups).flatMap((group) =>
    plain(apiVersions).flatMap((version) => named.flatMap((resource) => source.kindsOf({ group, version, resource }))),
  )
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function kindsToCheck({ spec }: ValidatingAdmissionPolicy, source: TypeSource): GroupVersionKind[] {
  const found = new Map<string, GroupVersionKind>()
  for (const rule of spec.matchConstraints?.resourceRules ?? [])
    for (const kind of kindsOfRule(rule, source)) if (found.size < MOST_TYPES) found.set(gvkText(kind), kind)
  return [...found.values()].sort(
    (a, b) => compareText(a.group, b.group) || compareText(a.version, b.version) || compareText(a.kind, b.kind),
  )
}

/** As Go prints it. */
const gvkText = ({ group, version, kind }: GroupVersionKind): string => `${group}/${version}, Kind=${kind}`

function paramsType({ spec }: ValidatingAdmissionPolicy, source: TypeSource): CelType | undefined {
  const { apiVersion = '', kind = '' } = spec.paramKind ?? {}
  if (!kind) return undefined
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  return source.typeOf({ group, version, kind })
}

interface Scope {
  kind: GroupVersionKind
  expressions: PolicyExpressions
}

/** The policy's scope once for each kind that it matches and whose schema is known. */
function scopesOf(policy: ValidatingAdmissionPolicy, source: TypeSource): Scope[] {
  const params = paramsType(policy, source)
  const { paramKind, variables = [] } = policy.spec
  return kindsToCheck(policy, source).flatMap((kind) => {
    const object = source.typeOf(kind)
    if (!object) return []
    const types = { object, ...(params ? { params } : {}) }
    return [{ kind, expressions: new PolicyExpressions({ hasParams: paramKind !== undefined, variables, types }) }]
  })
}

function warningsFor(scopes: Scope[], fieldRef: string, text: string): ExpressionWarning[] {
  const problems = scopes.flatMap(({ kind, expressions }) => {
    try {
      expressions.environment({ authorizer: true }).compile(text)
      return []
    } catch (error) {
      if (error instanceof CompileError) return [`${gvkText(kind)}: ${error.message}\n`]
      throw error
    }
  })
  return problems.length > 0 ? [{ fieldRef, warning: problems.join('\n') }] : []
}

export function expressionWarnings(policy: ValidatingAdmissionPolicy, source: TypeSource): ExpressionWarning[] {
  const scopes = scopesOf(policy, source)
  return (policy.spec.validations ?? []).flatMap(({ expression, messageExpression }, index) => {
    const path = `spec.validations[${index}]`
    return [
      ...warningsFor(scopes, `${path}.expression`, expression),
      ...(messageExpression ? warningsFor(scopes, `${path}.messageExpression`, messageExpression) : []),
    ]
  })
}
