/** Questions about what a user may do. Models k8s.io/apiserver/pkg/cel/library/authz.go. */
import { EvaluationError, Opaque, type Value } from '../values.js'
import { AUTHORIZATION, type Declaration, member, selector } from './declare.js'

/** What a check asks; empty texts stand for what is not said. */
export interface AccessQuestion {
  verb: string
  /** Set for a request outside of the API groups. */
  path?: string
  group: string
  resource: string
  subresource: string
  namespace: string
  name: string
  labelSelector?: string
  fieldSelector?: string
  /** Who, where it is not the user of the request. */
  serviceAccount?: { namespace: string; name: string }
}

export interface AccessDecision {
  allowed: boolean
  reason: string
}

/** Answers for one request. */
export type AccessCheck = (question: AccessQuestion) => AccessDecision

interface Partial {
  check: AccessCheck
  question: AccessQuestion
}
type Asking = Opaque<Partial>

const BASE = 'kubernetes.authorization.'
const AUTHORIZER = `${BASE}Authorizer`
const PATH = `${BASE}PathCheck`
const GROUP = `${BASE}GroupCheck`
const RESOURCE = `${BASE}ResourceCheck`
const DECISION = `${BASE}Decision`

const EMPTY: AccessQuestion = { verb: '', group: '', resource: '', subresource: '', namespace: '', name: '' }

export const authorizerValue = (check: AccessCheck): Value =>
  new Opaque<Partial>(AUTHORIZER, { check, question: EMPTY }, 'authorizer')

/** `authorizer.requestResource` */
export const resourceCheckValue = (check: AccessCheck, question: Omit<AccessQuestion, 'verb'>): Value =>
  new Opaque<Partial>(RESOURCE, { check, question: { ...question, verb: '' } }, 'requestResource')

const withMore = (type: string, { inner }: Asking, more: object): Asking => {
  const question = { ...inner.question, ...more }
  return new Opaque(type, { ...inner, question }, JSON.stringify(question))
}

function needed(text: string, what: string): string {
  if (!text) throw new EvaluationError(`${what} must not be empty`)
  return text
}

function serviceAccount(asking: Asking, namespace: string, name: string): Asking {
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name)) throw new EvaluationError('Invalid service account name')
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(namespace)) throw new EvaluationError('Invalid service account namespace')
  return withMore(AUTHORIZER, asking, { serviceAccount: { namespace, name } })
}

function decide({ inner: { check, question } }: Asking, verb: string): Opaque<AccessDecision> {
  const decision = check({ ...question, verb })
  return new Opaque(DECISION, decision, JSON.stringify(decision))
}

type Decided = Opaque<AccessDecision>

export const authorizerFunctions: Declaration[] = [
  member(AUTHORIZER, `path(string): ${PATH}`, (asking: Asking, path: string) =>
    withMore(PATH, asking, { path: needed(path, 'path') }),
  ),
  member(AUTHORIZER, `group(string): ${GROUP}`, (asking: Asking, group: string) => withMore(GROUP, asking, { group })),
  member(AUTHORIZER, `serviceAccount(string, string): ${AUTHORIZER}`, serviceAccount),
  member(GROUP, `resource(string): ${RESOURCE}`, (asking: Asking, resource: string) =>
    withMore(RESOURCE, asking, { resource: needed(resource, 'resource') }),
  ),
  member(RESOURCE, `subresource(string): ${RESOURCE}`, (asking: Asking, subresource: string) =>
    withMore(RESOURCE, asking, { subresource }),
  ),
  member(RESOURCE, `namespace(string): ${RESOURCE}`, (asking: Asking, namespace: string) =>
    withMore(RESOURCE, asking, { namespace }),
  ),
  member(RESOURCE, `name(string): ${RESOURCE}`, (asking: Asking, name: string) => withMore(RESOURCE, asking, { name })),
  member(
    RESOURCE,
    `fieldSelector(string): ${RESOURCE}`,
    (asking: Asking, text: string) => withMore(RESOURCE, asking, { fieldSelector: text }),
    selector,
  ),
  member(
    RESOURCE,
    `labelSelector(string): ${RESOURCE}`,
    (asking: Asking, text: string) => withMore(RESOURCE, asking, { labelSelector: text }),
    selector,
  ),
  member(PATH, `check(string): ${DECISION}`, decide, AUTHORIZATION),
  member(RESOURCE, `check(string): ${DECISION}`, decide, AUTHORIZATION),
  member(DECISION, 'allowed(): bool', (decision: Decided) => decision.inner.allowed),
  member(DECISION, 'reason(): string', (decision: Decided) => decision.inner.reason),
  // Our authorizer always has an answer.
  member(DECISION, 'errored(): bool', () => false),
  member(DECISION, 'error(): string', () => ''),
]
