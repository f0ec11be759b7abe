import type { FlowSchema } from '../kinds/other/flow-control.js'
import { sameJson } from '../objects/object.js'
import { timestamp } from '../time/clock.js'
import { defineController, done } from './runtime/controller.js'

/**
 * Says of a FlowSchema whether its priority level is there. Models presyncFlowSchemaStatus of
 * k8s.io/apiserver/pkg/util/flowcontrol/apf_controller.go (v1.36), which is a part of the API server.
 */
export const flowSchemaController = defineController({
  name: 'api-priority-and-fairness-config-consumer-v1',
  reconciles: 'FlowSchema',
  watches: {
    PriorityLevelConfiguration: ({ object }, informers) =>
      informers
        .list('FlowSchema')
        .filter(({ spec }) => spec?.priorityLevelConfiguration.name === object.metadata.name)
        .map(({ metadata }) => metadata.name),
  },
  async reconcile({ client, clock, informers }, name) {
    const schema = informers.get('FlowSchema', name)
    if (!schema || schema.metadata.deletionTimestamp) return done
    const level = schema.spec?.priorityLevelConfiguration.name ?? ''
    const wanted = dangling(level, informers.get('PriorityLevelConfiguration', level) !== undefined)
    const { lastTransitionTime: _time, ...known } = conditionOf(schema) ?? { type: '', status: '' }
    if (sameJson(known, wanted)) return done
    const condition = { lastTransitionTime: timestamp(clock.now()), ...wanted }
    await client.patch('FlowSchema', name, { status: { conditions: [condition] } }, { subresource: 'status' })
    return done
  },
})

const conditionOf = ({ status }: FlowSchema) => status?.conditions?.find(({ type }) => type === 'Dangling')

function dangling(level: string, isThere: boolean) {
  const text = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)}`
  return isThere
    ? { message: `${text} and it exists`, reason: 'Found', status: 'False', type: 'Dangling' }
    : { message: `${text} but there is no such object`, reason: 'NotFound', status: 'True', type: 'Dangling' }
}
