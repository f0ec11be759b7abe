/** For tests: a definition of Widgets, and short ways to speak of them. */
import { LOOPBACK } from '../access/users.js'
import { handle } from '../api/wire/handle.js'
import { refusalOf, type TestCluster } from '../testing.js'

/** Of a Widget. */
export const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['image'],
      properties: {
        image: { type: 'string', pattern: '^[a-z]+:' },
        replicas: { type: 'integer', minimum: 0, maximum: 10, default: 1 },
        size: { type: 'string', enum: ['small', 'large'] },
        hosts: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
      'x-kubernetes-validations': [
        {
          rule: "!has(self.size) || self.size != 'small' || self.replicas <= 3",
          message: 'small ones have three replicas at most',
        },
        { rule: 'self.image == oldSelf.image', message: 'image may not change' },
      ],
    },
    status: { type: 'object', properties: { ready: { type: 'integer' } } },
  },
}

export const version = (name: string, extra: object = {}) => ({
  name,
  served: true,
  storage: false,
  schema: { openAPIV3Schema: schema },
  ...extra,
})

export const definition = (versions: object[], names: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'], categories: ['all'], ...names },
    versions,
  },
})

export const full = version('v1', {
  storage: true,
  subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.ready' } },
  additionalPrinterColumns: [
    { name: 'Image', type: 'string', jsonPath: '.spec.image' },
    { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
})

export const CRDS = 'apiextensions.k8s.io/v1/customresourcedefinitions'
export const WIDGETS = 'example.com/v1/widgets default'
export const widget = (spec: object, name = 'one') => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name },
  spec,
})
export const problemsOf = (work: () => unknown) =>
  (refusalOf(work).details.causes ?? []).map(({ field, message }) => `${field}: ${message}`)

/** @param clusterOf is asked at each request: a cluster that is made before the tests run */
export function widgets(clusterOf: () => TestCluster) {
  const create = (spec: object, extra: object = {}) =>
    clusterOf().object('create', WIDGETS, { body: widget(spec) as never, ...extra })
  const get = (path: string, accept = 'application/json') => {
    const [pathname = '', query = ''] = path.split('?')
    const request = {
      method: 'GET',
      path: pathname,
      query: new URLSearchParams(query),
      headers: { accept },
      body: new Uint8Array(),
      user: LOOPBACK,
    }
    const { answer } = handle(clusterOf().cluster.server, request)
    if (answer.type === 'json') return answer.value as never
    if (answer.type === 'bytes' && answer.code === 404) throw new Error(String(answer.bytes))
    if (answer.type === 'bytes') return JSON.parse(String(answer.bytes)) as never
    throw new Error(answer.type)
  }
  return { create, get }
}
