import { beforeEach, describe, expect, test } from 'vitest'
import { authenticated } from '../../access/users.js'
import { refusalOf, type TestCluster, testCluster, turnsDuring } from '../../testing.js'

const GROUP = 'admissionregistration.k8s.io/v1'
let cluster: TestCluster

const deployments = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] }
const configMaps = { apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] }

function policy(name: string, spec: object, binding: object = {}): void {
  const matchConstraints = { resourceRules: [deployments] }
  cluster.object('create', `${GROUP}/validatingadmissionpolicies`, {
    body: { metadata: { name }, spec: { matchConstraints, ...spec } } as never,
  })
  cluster.object('create', `${GROUP}/validatingadmissionpolicybindings`, {
    body: { metadata: { name }, spec: { policyName: name, validationActions: ['Deny'], ...binding } } as never,
  })
}

function mutation(name: string, spec: object): void {
  cluster.object('create', `${GROUP}/mutatingadmissionpolicies`, {
    body: {
      metadata: { name },
      spec: { matchConstraints: { resourceRules: [configMaps] }, reinvocationPolicy: 'Never', ...spec },
    } as never,
  })
  cluster.object('create', `${GROUP}/mutatingadmissionpolicybindings`, {
    body: { metadata: { name }, spec: { policyName: name } } as never,
  })
}

const labels = { app: 'web' }
const deployment = (name: string, replicas: number) => ({
  metadata: { name, labels },
  spec: {
    replicas,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'a:1' }] } },
  },
})
const deploy = (name: string, replicas: number, extra: object = {}) =>
  cluster.object('create', 'apps/v1/deployments default', { body: deployment(name, replicas) as never, ...extra })
const config = (name: string, data: object = {}, extra: object = {}) =>
  cluster.object('create', 'v1/configmaps default', { body: { metadata: { name }, data } as never, ...extra })
const problemsOf = (work: () => unknown) =>
  (refusalOf(work).details.causes ?? []).map(({ field, message }) => `${field}: ${message}`)

beforeEach(async () => {
  cluster = await testCluster()
})

describe('a ValidatingAdmissionPolicy', () => {
  test('expressions that run long let others have their turn, and pay for a variable once', async () => {
    const within = 'variables.letters.all(x, variables.letters.all(y, x != y + "!"))'
    policy('long', {
      matchConstraints: { resourceRules: [configMaps] },
      variables: [
        { name: 'letters', expression: 'object.data.text.split("")' },
        { name: 'isFine', expression: within },
      ],
      validations: [
        { expression: within },
        { expression: 'variables.isFine && size(variables.letters) < 0', message: 'too long' },
        { expression: `variables.isFine && !(${within})`, message: 'not fine' },
      ],
    })
    const data = { text: 'abcdefghijklmnopqrstuvwxyz'.repeat(12) }
    const atOnce = refusalOf(() => config('one', data)).message
    expect(atOnce).toContain('too long')
    const asked = cluster.asking('create', 'v1/configmaps default', { body: { metadata: { name: 'one' }, data } as never })
    expect(await turnsDuring(asked)).toBeGreaterThan(10)
    await expect(asked).rejects.toThrow(atOnce)
  })

  test('refuses what its expression is false for, and lets the rest pass', () => {
    policy('few', { validations: [{ expression: 'object.spec.replicas <= 3' }] })
    deploy('small', 3)
    const refusal = refusalOf(() => deploy('large', 5))
    expect(refusal.message).toBe(
      `deployments.apps "large" is forbidden: ValidatingAdmissionPolicy 'few' with binding 'few' denied request: failed expression: object.spec.replicas <= 3`,
    )
    expect(refusal).toMatchObject({ code: 422, reason: 'Invalid' })
  })

  test('says its message, or what its messageExpression makes, and its reason', () => {
    policy('few', {
      variables: [{ name: 'wanted', expression: 'object.spec.replicas' }],
      validations: [
        { expression: 'variables.wanted < 3', messageExpression: "'wanted ' + string(variables.wanted)", reason: 'Forbidden' },
      ],
    })
    expect(refusalOf(() => deploy('large', 5))).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message: expect.stringMatching(/denied request: wanted 5$/) as string,
    })
  })

  test('warns where its binding says so, on a dry run too', () => {
    policy(
      'few',
      { validations: [{ expression: 'object.spec.replicas <= 3', message: 'too many' }] },
      { validationActions: ['Warn', 'Audit'] },
    )
    const warnings: string[] = []
    deploy('large', 5, { warnings, dryRun: true })
    expect(warnings).toContain("Validation failed for ValidatingAdmissionPolicy 'few' with binding 'few': too many")
  })

  test('takes its limits from params, and says when there are none', () => {
    config('limits', { most: '2' })
    policy(
      'few',
      {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        validations: [{ expression: 'object.spec.replicas <= int(params.data.most)' }],
      },
      { paramRef: { name: 'limits', namespace: 'default', parameterNotFoundAction: 'Deny' } },
    )
    deploy('small', 2)
    expect(refusalOf(() => deploy('large', 3)).message).toContain('failed expression')
    cluster.request('delete', 'v1/configmaps default/limits')
    expect(refusalOf(() => deploy('other', 1)).message).toContain(
      'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
    )
  })

  test('follows match conditions, selectors and resource names', () => {
    policy(
      'few',
      {
        matchConstraints: { resourceRules: [deployments], namespaceSelector: { matchLabels: { strict: 'yes' } } },
        matchConditions: [{ name: 'people', expression: "!request.userInfo.groups.exists(g, g == 'system:masters')" }],
        validations: [{ expression: 'namespaceObject.metadata.name != "shop" || oldObject != null' }],
      },
      { matchResources: { resourceRules: [{ ...deployments, resourceNames: ['web'] }] } },
    )
    for (const name of ['shop', 'calm'])
      cluster.object('create', 'v1/namespaces', {
        body: { metadata: { name, ...(name === 'shop' ? { labels: { strict: 'yes' } } : {}) } } as never,
      })
    cluster.object('create', 'rbac.authorization.k8s.io/v1/clusterrolebindings', {
      body: {
        metadata: { name: 'ann' },
        roleRef: { kind: 'ClusterRole', name: 'cluster-admin', apiGroup: 'rbac.authorization.k8s.io' },
        subjects: [{ kind: 'User', name: 'ann', apiGroup: 'rbac.authorization.k8s.io' }],
      } as never,
    })
    const ann = cluster.as(authenticated('ann'))
    const create = (who: Pick<TestCluster, 'object'>, namespace: string, name: string) =>
      who.object('create', `apps/v1/deployments ${namespace}`, { body: deployment(name, 1) as never })
    create(ann, 'calm', 'web')
    create(ann, 'shop', 'other')
    create(cluster, 'shop', 'web')
    cluster.request('delete', 'apps/v1/deployments shop/web')
    expect(refusalOf(() => create(ann, 'shop', 'web')).message).toContain("ValidatingAdmissionPolicy 'few'")
  })

  test('fails or ignores as its failurePolicy says', () => {
    policy('odd', { validations: [{ expression: 'object.spec.nothing > 1' }] })
    expect(refusalOf(() => deploy('web', 1)).message).toContain(
      "denied request: expression 'object.spec.nothing > 1' resulted in error: no such key: nothing",
    )
    cluster.object('patch', `${GROUP}/validatingadmissionpolicies odd`, {
      patch: { type: 'merge', document: { spec: { failurePolicy: 'Ignore' } } },
    })
    deploy('web', 1)
  })

  test('asks the authorizer', () => {
    policy('careful', {
      validations: [
        { expression: "authorizer.group('').resource('secrets').namespace('default').check('get').allowed()", message: 'no' },
      ],
    })
    deploy('mine', 1)
    cluster.object('create', 'rbac.authorization.k8s.io/v1/rolebindings default', {
      body: {
        metadata: { name: 'bob' },
        roleRef: { kind: 'ClusterRole', name: 'view', apiGroup: 'rbac.authorization.k8s.io' },
        subjects: [{ kind: 'User', name: 'bob', apiGroup: 'rbac.authorization.k8s.io' }],
      } as never,
    })
    const update = { body: { ...deployment('mine', 2) } as never }
    const bob = { ...update, user: authenticated('bob') }
    expect(refusalOf(() => cluster.cluster.server.execute({ ...requestOf('update', 'mine'), ...bob })).message).toContain(
      'denied request: no',
    )
  })

  test('is told everything that is wrong with it', () => {
    const body = {
      metadata: { name: 'bad' },
      spec: {
        matchConstraints: { resourceRules: [{ ...deployments, operations: ['*', 'CREATE'], resources: [] }] },
        variables: [{ name: 'if', expression: 'object.x' }],
        matchConditions: [{ name: 'a', expression: 'nothing' }],
        validations: [
          { expression: 'object.spec.replicas', message: ' ' },
          { expression: 'variables.missing > 1', messageExpression: '1', reason: 'Odd' },
        ],
      },
    }
    expect(problemsOf(() => cluster.object('create', `${GROUP}/validatingadmissionpolicies`, { body: body as never }))).toEqual([
      'spec.matchConstraints.resourceRules[0].operations: Invalid value: ["*","CREATE"]: if \'*\' is present, must not specify other operations',
      'spec.matchConstraints.resourceRules[0].resources: Required value',
      "spec.matchConditions[0].expression: Invalid value: \"nothing\": compilation failed: ERROR: <input>:1:1: undeclared reference to 'nothing' (in container '')\n | nothing\n | ^",
      'spec.variables[0].name: Invalid value: "if": must be a valid CEL identifier',
      'spec.validations[0].expression: Invalid value: "object.spec.replicas": must evaluate to bool but got dyn',
      'spec.validations[0].message: Invalid value: " ": must be non-empty if specified',
      'spec.validations[1].expression: Invalid value: "variables.missing > 1": compilation failed: ERROR: <input>:1:10: undefined field \'missing\'\n | variables.missing > 1\n | .........^',
      'spec.validations[1].messageExpression: Invalid value: "1": must evaluate to string but got int',
      'spec.validations[1].reason: Unsupported value: "Odd": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"',
    ])
  })

  test('never judges policies, and nobody who wants to mend one is stopped', () => {
    policy('all', {
      matchConstraints: { resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }] },
      validations: [{ expression: 'false' }],
    })
    expect(refusalOf(() => config('any')).code).toBe(422)
    cluster.request('delete', `${GROUP}/validatingadmissionpolicies all`)
    config('any')
  })
})

function requestOf(verb: 'update', name: string) {
  const resource = cluster.cluster.server.context.resources.find('apps', 'v1', 'deployments')
  if (!resource) throw new Error('no deployments')
  return { verb, resource, subresource: '', namespace: 'default', name, fieldManager: 'test', warnings: [] }
}

describe('a MutatingAdmissionPolicy', () => {
  test('applies a configuration to what is written', () => {
    mutation('mark', {
      mutations: [
        {
          patchType: 'ApplyConfiguration',
          applyConfiguration: {
            expression: "Object{metadata: Object.metadata{annotations: {'made-by': request.userInfo.username}}}",
          },
        },
      ],
    })
    expect(config('one')).toMatchObject({ metadata: { annotations: { 'made-by': 'system:apiserver' } } })
  })

  test('patches with JSON patches, the second seeing what the first did', () => {
    const patch = (expression: string) => ({ patchType: 'JSONPatch', jsonPatch: { expression } })
    mutation('patch', {
      matchConditions: [{ name: 'new', expression: 'oldObject == null' }],
      mutations: [
        patch('[JSONPatch{op: "add", path: "/data/a", value: "1"}]'),
        patch('[JSONPatch{op: "add", path: "/data/b", value: object.data.a + "2"}, JSONPatch{op: "remove", path: "/data/x"}]'),
      ],
    })
    expect(config('one', { x: 'y' })).toMatchObject({ data: { a: '1', b: '12' } })
  })

  test('refuses what it cannot patch, by its failurePolicy', () => {
    mutation('wrong', {
      mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{data: Object.wrong{}}' } }],
    })
    expect(refusalOf(() => config('one')).message).toBe(
      `policy 'wrong' with binding 'wrong' denied request: type mismatch: unexpected type name "Object.wrong", expected "Object.data", which matches field name path from root Object type`,
    )
  })

  test('is judged in its expressions and operations', () => {
    const body = {
      metadata: { name: 'bad' },
      spec: {
        matchConstraints: { resourceRules: [{ ...configMaps, operations: ['DELETE'] }] },
        mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: '"text"' } }, { patchType: 'ApplyConfiguration' }],
      },
    }
    expect(problemsOf(() => cluster.object('create', `${GROUP}/mutatingadmissionpolicies`, { body: body as never }))).toEqual([
      'spec.matchConstraints.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "CONNECT", "CREATE", "UPDATE"',
      'spec.mutations[0].jsonPatch.expression: Invalid value: "\\"text\\"": must evaluate to list(JSONPatch) but got string',
      'spec.mutations[1].applyConfiguration: Required value: must be specified when patchType is ApplyConfiguration',
      'spec.reinvocationPolicy: Required value',
    ])
  })
})
