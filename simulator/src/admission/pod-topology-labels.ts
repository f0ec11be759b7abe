/** A Pod bears the zone and the region of the node that it is bound to. @see plugin/pkg/admission/podtopologylabels */
import { fieldsOf, isObject } from '../objects/object.js'
import type { Pod } from '../schema/kubernetes.generated.js'
import type { AdmissionPlugin, AdmissionReview } from './admission.js'

const LABELS = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region']

function nodeOf({ request, object }: AdmissionReview): string | undefined {
  if (request.subresource === '') return (object as Pod).spec.nodeName
  const { target } = fieldsOf(object)
  return isObject(target) && target.kind === 'Node' && typeof target.name === 'string' ? target.name : undefined
}

export const podTopologyLabels: AdmissionPlugin = {
  name: 'PodTopologyLabels',
  seesParts: true,
  mutate(review) {
    const { context, request, operation, object } = review
    if (operation !== 'CREATE' || request.resource.storage !== 'pods' || !['', 'binding'].includes(request.subresource)) return
    const node = nodeOf(review)
    const { labels = {} } = (node && context.store.get('nodes', node)?.metadata) || {}
    const copied = LABELS.filter((name) => labels[name] !== undefined).map((name) => [name, labels[name] ?? ''])
    if (copied.length > 0) object.metadata.labels = { ...object.metadata.labels, ...Object.fromEntries(copied) }
  },
}
