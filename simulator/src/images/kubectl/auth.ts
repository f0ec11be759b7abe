/** `kubectl auth can-i` and `whoami`. */
import { KubectlError } from './api.js'
import { type Call, say } from './call.js'
import { columnsText } from './print.js'

const GROUP = '/apis/authorization.k8s.io/v1'

export async function auth(call: Call): Promise<number> {
  const { words, flags } = call
  if (words[0] === 'whoami') return whoAmI(call)
  if (words[0] !== 'can-i')
    throw new KubectlError('error: the kubectl of the simulated image knows auth can-i and auth whoami alone')
  return flags.has('list') ? listRules(call) : canI(call)
}

async function canI(call: Call): Promise<number> {
  const { api, words, namespace, flags } = call
  const [, verb = '', what = ''] = words
  const [type = '', name = ''] = what.split('/')
  const isPath = what.startsWith('/')
  const [kind] = isPath || what === '*' ? [] : await api.kindsOf(type)
  const subresource = flags.get('subresource')
  const resourceAttributes = {
    namespace,
    verb,
    group: kind?.group ?? '*',
    resource: kind?.resource ?? '*',
    ...(subresource ? { subresource } : {}),
    ...(name ? { name } : {}),
  }
  const spec = isPath ? { nonResourceAttributes: { verb, path: what } } : { resourceAttributes }
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec }
  const { status } = (await api.json('POST', `${GROUP}/selfsubjectaccessreviews`, { body: review })) as {
    status?: { allowed?: boolean }
  }
  if (!flags.has('quiet')) await say(call, status?.allowed ? 'yes\n' : 'no\n')
  return status?.allowed ? 0 : 1
}

interface Rule {
  verbs: string[]
  apiGroups?: string[]
  resources?: string[]
  resourceNames?: string[]
  nonResourceURLs?: string[]
}

/** One row for each resource with all its verbs, in the order of their words. */
function rowsOf(rules: Rule[]): string[][] {
  const found = new Map<string, { row: string[]; verbs: string[] }>()
  for (const { verbs, apiGroups = [''], resources = [], resourceNames = [], nonResourceURLs = [] } of rules) {
    const named = resources.flatMap((resource) => apiGroups.map((group) => [group ? `${resource}.${group}` : resource, '[]']))
    const paths = nonResourceURLs.map((url) => ['', `[${url}]`])
    for (const [resource = '', url = ''] of [...named, ...paths]) {
      const row = [resource, url, `[${resourceNames.join(' ')}]`]
      const known = found.get(row.join(' '))
      if (known) known.verbs.push(...verbs.filter((verb) => !known.verbs.includes(verb)))
      else found.set(row.join(' '), { row, verbs: [...verbs] })
    }
  }
  const rows = [...found.values()].map(({ row, verbs }) => [...row, `[${verbs.join(' ')}]`])
  const orderOf = ([resource = '', url = '', , verbs = '']: string[]) => `${verbs} ${resource} ${url}`
  return rows.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
}

async function listRules(call: Call): Promise<number> {
  const { api, namespace = 'default' } = call
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } }
  const { status } = (await api.json('POST', `${GROUP}/selfsubjectrulesreviews`, { body: review })) as unknown as {
    status: { resourceRules: Rule[]; nonResourceRules: Rule[] }
  }
  const head = ['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs']
  await say(call, columnsText([head, ...rowsOf([...status.resourceRules, ...status.nonResourceRules])]))
  return 0
}

async function whoAmI(call: Call): Promise<number> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
  const { status } = (await call.api.json('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    body: review,
  })) as unknown as {
    status: { userInfo: { username: string; uid?: string; groups?: string[]; extra?: Record<string, string[]> } }
  }
  const { username, uid, groups = [], extra = {} } = status.userInfo
  const rows = [
    ['ATTRIBUTE', 'VALUE'],
    ['Username', username],
    ...(uid ? [['UID', uid]] : []),
    ['Groups', `[${groups.join(' ')}]`],
    ...Object.entries(extra)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, values]) => [`Extra: ${key}`, `[${values.join(' ')}]`]),
  ]
  await say(call, columnsText(rows))
  return 0
}
