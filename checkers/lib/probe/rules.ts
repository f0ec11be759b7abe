/** All that somebody may do in a namespace, as the cluster itself lists it: for "and nothing else", which no number of questions settles. */
import type { Resource } from '../api/kinds.js'
import { answer } from '../expect/answer.js'
import type { Reader } from '../read/reader.js'
import { message } from '../words.js'
import { asFlags, subjectOf, type Who, watchRules } from './can.js'

export interface RulesAnswer {
  /**
   * In alphabetical order, such as `get pods/log`, `list *.apps`, `patch deployments.apps/scale crane`: a verb, a resource with its
   * group, and the object where it is limited to one. What everybody may ask of himself is left out, and so is what the cluster does not serve.
   */
  permissions: string[]
}

interface Rule {
  verbs?: string[]
  apiGroups?: string[]
  resources?: string[]
  resourceNames?: string[]
}

interface Permission {
  verb: string
  group: string
  resource: string
  name: string
}

const REVIEW = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews'
/** Granted to everybody by `system:basic-user`. */
const OF_ONESELF = /^self/

export interface RulesQuestion {
  /** A ServiceAccount is `namespace/name`. */
  who: Who
  namespace: string
  /** What is not told, in the words of the answer. */
  beyond: readonly string[]
}

export async function rulesOf(reader: Reader, question: RulesQuestion): Promise<RulesAnswer> {
  const { who, namespace, beyond } = question
  const asked = { method: 'POST', path: REVIEW, as: subjectOf(who), body: { spec: { namespace } } } as const
  const review = await reader.client.transport.json<{ status?: { resourceRules?: Rule[] } }>(asked)
  await watchRules(reader, namespace)
  const all = (review.status?.resourceRules ?? []).flatMap(permissionsOf).filter(({ resource }) => !OF_ONESELF.test(resource))
  const served = all.length > 0 ? await reader.client.allResources() : []
  const words = new Set(all.filter((permission) => isServed(permission, served)).map(inWords))
  return spoken([...words].filter((permission) => !beyond.includes(permission)).sort(), question)
}

const permissionsOf = ({ verbs = [], apiGroups = [], resources = [], resourceNames = [] }: Rule): Permission[] =>
  verbs.flatMap((verb) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        (resourceNames.length > 0 ? resourceNames : ['']).map((name) => ({ verb, group, resource, name })),
      ),
    ),
  )

/** `apiGroups: ["", apps]` for Pods and Deployments is a common way to write it, and allows no more than it should. */
function isServed({ group, resource }: Permission, served: readonly Resource[]): boolean {
  const [plural = ''] = resource.split('/')
  return served.some((one) => (group === '*' || group === one.group) && (plural === '*' || plural === one.plural))
}

function inWords({ verb, group, resource, name }: Permission): string {
  const [plural = '', ...sub] = resource.split('/')
  const what = [group === '' ? plural : `${plural}.${group}`, ...sub].join('/')
  return [verb, what, name].filter((word) => word !== '').join(' ')
}

function spoken(permissions: string[], { who, namespace, beyond }: RulesQuestion): RulesAnswer {
  const { user } = subjectOf(who)
  const values = { who: user, where: namespace }
  const subject =
    beyond.length > 0 ? message('subject.rules-beyond', { ...values, what: beyond.join(', ') }) : message('subject.rules', values)
  const seeWith = `kubectl auth can-i --list -n ${namespace} ${asFlags(who).join(' ')}`
  return answer({ permissions }, { primary: 'permissions', subjects: { permissions: subject }, seeWith })
}
