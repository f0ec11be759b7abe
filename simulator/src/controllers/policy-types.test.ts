import { expect, test } from 'vitest'
import { clusterOfFile } from './testing.js'

const live = clusterOfFile()

interface Given {
  resources?: string[]
  groups?: string[]
  validations: object[]
  more?: object
}

/** The status of a policy, once its types were looked at. */
async function statusOf(name: string, { resources = ['deployments'], groups = ['apps'], validations, more }: Given) {
  const resourceRules = [{ apiGroups: groups, apiVersions: ['v1'], operations: ['CREATE'], resources }]
  await live.client.create('ValidatingAdmissionPolicy', {
    metadata: { name },
    spec: { matchConstraints: { resourceRules }, validations, ...more },
  } as never)
  await live.pass(1)
  return (await live.client.get('ValidatingAdmissionPolicy', name)).status
}

test('a policy whose types fit is looked at, and nothing is said', async () => {
  const validations = [
    {
      expression:
        "object.spec.replicas > 1 && object.metadata.labels['a'] == 'b' && object.spec.template.spec.containers.all(c, c.ports.exists(p, p.containerPort == 80))",
      messageExpression: "'not ' + string(object.spec.replicas)",
    },
  ]
  expect(await statusOf('fits', { validations })).toEqual({ observedGeneration: 1, typeChecking: {} })
})

test('what does not fit is told in cel-go words, by field', async () => {
  const validations = [{ expression: "object.foo == 'bar'", messageExpression: 'object.spec.replicas + "x"' }]
  expect((await statusOf('wrong', { validations }))?.typeChecking).toEqual({
    expressionWarnings: [
      {
        fieldRef: 'spec.validations[0].expression',
        warning: "apps/v1, Kind=Deployment: ERROR: <input>:1:7: undefined field 'foo'\n | object.foo == 'bar'\n | ......^\n",
      },
      {
        fieldRef: 'spec.validations[0].messageExpression',
        warning:
          "apps/v1, Kind=Deployment: ERROR: <input>:1:22: found no matching overload for '_+_' applied to '(int, string)'\n | object.spec.replicas + \"x\"\n | .....................^\n",
      },
    ],
  })
})

test('each kind has a line of its own; variables and what matches anything are no fault', async () => {
  const validations = [{ expression: 'variables.count > 1' }]
  const more = { variables: [{ name: 'count', expression: 'object.spec.replicas' }] }
  const resources = ['deployments', 'daemonsets', 'deployments/scale']
  const found = await statusOf('both', { resources, validations: [{ expression: 'object.spec.replicas > 1' }] })
  expect(found?.typeChecking?.expressionWarnings).toMatchObject([
    { warning: expect.stringMatching(/^apps\/v1, Kind=DaemonSet: ERROR: .*undefined field 'replicas'/) },
  ])
  expect((await statusOf('varied', { validations, more }))?.typeChecking).toEqual({})
  const any = await statusOf('any', { groups: ['*'], resources: ['*'], validations: [{ expression: 'object.foo == 1' }] })
  expect(any?.typeChecking).toEqual({})
})

test('custom resources are judged by their schemas', async () => {
  const properties = { spec: { type: 'object', properties: { size: { type: 'integer' } } } }
  await live.client.create('CustomResourceDefinition', {
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties } } }],
    },
  } as never)
  await live.pass(1)
  const given = { groups: ['example.com'], resources: ['widgets'] }
  const fine = await statusOf('sized', {
    ...given,
    validations: [{ expression: "object.spec.size > 1 && 'a' in object.metadata.labels" }],
  })
  expect(fine?.typeChecking).toEqual({})
  const wrong = await statusOf('coloured', { ...given, validations: [{ expression: "object.spec.colour == 'red'" }] })
  expect(wrong?.typeChecking?.expressionWarnings?.[0]?.warning).toContain("undefined field 'colour'")
})
