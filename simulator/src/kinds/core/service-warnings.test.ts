import { expect, test } from 'vitest'
import type { Service } from '../../schema/kubernetes.generated.js'
import { serviceWarnings } from './service-warnings.js'

const warningsOf = (spec: object): string[] =>
  serviceWarnings({
    metadata: { name: 'web' },
    spec: { type: 'ClusterIP', sessionAffinity: 'None', ...spec },
  } as unknown as Service)

test('a Service is told what of it is ignored', () => {
  expect(warningsOf({})).toEqual([])
  expect(warningsOf({ externalName: 'x.y' })).toEqual(['spec.externalName is ignored when spec.type is not "ExternalName"'])
  expect(warningsOf({ type: 'ExternalName', externalName: 'x.y', externalIPs: ['1.2.3.4'] })).toEqual([
    'spec.externalIPs is ignored when spec.type is "ExternalName"',
  ])
  expect(warningsOf({ clusterIP: 'None', externalIPs: ['1.2.3.4'], sessionAffinity: 'ClientIP' })).toEqual([
    'spec.externalIPs is ignored for headless services',
    'spec.SessionAffinity is ignored for headless services',
  ])
})
