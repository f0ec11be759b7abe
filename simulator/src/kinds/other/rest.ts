/** Kinds that have little more than columns of their own. @see pkg/printers/internalversion/printers.go */
import { dnsLabel } from '../../objects/names.js'
import { controllerOf } from '../../objects/object.js'
import { compareQuantities } from '../../objects/quantity.js'
import type { ControllerRevision, RuntimeClass } from '../../schema/kubernetes.generated.js'
import { named, nonNegative } from '../checks.js'
import { column, columns } from '../columns.js'
import { validateToleration } from '../core/pod-spec/placement.js'
import { defineKind, type KindDefinition } from '../define.js'
import { immutable, validateLabels } from '../metadata.js'
import {
  defaultPriorityLevel,
  type FlowSchema,
  type PriorityLevelConfiguration,
  validateFlowSchema,
  validatePriorityLevel,
} from './flow-control.js'

/** `statefulset.apps/web` */
function controllerText(object: ControllerRevision): string {
  const owner = controllerOf(object)
  if (!owner) return '<none>'
  const slash = owner.apiVersion.indexOf('/')
  const group = slash < 0 ? '' : `.${owner.apiVersion.slice(0, slash)}`
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`
}

const FLOW = 'flowcontrol.apiserver.k8s.io'

const queuing = ({ spec }: PriorityLevelConfiguration) => spec?.limited?.limitResponse?.queuing

export const restKinds: KindDefinition[] = [
  defineKind<ControllerRevision>('apps', 'ControllerRevision', {
    validate: (object, errors) => nonNegative(object.revision, 'revision', errors),
    validateUpdate: (object, old, errors) => immutable(object.data, old.data, 'data', errors),
    columns: columns<ControllerRevision>(column('Controller', controllerText), {
      name: 'Revision',
      type: 'integer',
      value: ({ revision }) => revision,
    }),
  }),
  defineKind<RuntimeClass>('node.k8s.io', 'RuntimeClass', {
    validate(object, errors) {
      named(dnsLabel, object.handler, 'handler', errors)
      for (const [name, value] of Object.entries((object.overhead?.podFixed ?? {}) as Record<string, string>))
        if (compareQuantities(value, '0') < 0)
          errors.invalid(`overhead.limits[${name}]`, value, 'must be greater than or equal to 0')
      validateLabels(object.scheduling?.nodeSelector, 'scheduling.nodeSelector', errors)
      for (const [index, toleration] of (object.scheduling?.tolerations ?? []).entries())
        validateToleration(toleration, `scheduling.tolerations[${index}]`, errors)
    },
    validateUpdate: (object, old, errors) => immutable(object.handler, old.handler, 'handler', errors),
    columns: columns<RuntimeClass>(column('Handler', (object) => object.handler, '')),
  }),
  defineKind<FlowSchema>(FLOW, 'FlowSchema', {
    counted: true,
    defaults: ({ spec }) => {
      if (spec) spec.matchingPrecedence ??= 1000
    },
    validate: validateFlowSchema,
    columns: (() => {
      const table = columns<FlowSchema>(
        column('PriorityLevel', ({ spec }) => spec?.priorityLevelConfiguration.name, ''),
        { name: 'MatchingPrecedence', type: 'integer', value: ({ spec }) => spec?.matchingPrecedence ?? 0 },
        column('DistinguisherMethod', ({ spec }) => spec?.distinguisherMethod?.type),
      )
      const dangling = ({ status }: FlowSchema) => status?.conditions?.find(({ type }) => type === 'Dangling')?.status
      return [...table, column<FlowSchema>('MissingPL', dangling, '?')]
    })(),
  }),
  defineKind<PriorityLevelConfiguration>(FLOW, 'PriorityLevelConfiguration', {
    counted: true,
    defaults: defaultPriorityLevel,
    validate: validatePriorityLevel,
    columns: columns<PriorityLevelConfiguration>(
      column('Type', ({ spec }) => spec?.type, ''),
      { name: 'NominalConcurrencyShares', value: ({ spec }) => spec?.limited?.nominalConcurrencyShares ?? '<none>' },
      { name: 'Queues', value: (object) => queuing(object)?.queues ?? '<none>' },
      { name: 'HandSize', value: (object) => queuing(object)?.handSize ?? '<none>' },
      { name: 'QueueLengthLimit', value: (object) => queuing(object)?.queueLengthLimit ?? '<none>' },
    ),
  }),
]
