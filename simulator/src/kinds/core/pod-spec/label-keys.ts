/**
 * `matchLabelKeys`: the server writes the Pod's own values of these labels into the selector beside them.
 * @see pkg/registry/core/pod/strategy.go: mutatePodAffinity, mutateTopologySpreadConstraints
 */
import type { FieldErrors } from '../../../objects/field-errors.js'
import { qualifiedName } from '../../../objects/names.js'
import type { LabelSelector, Pod, PodAffinityTerm } from '../../../schema/kubernetes.generated.js'
import { follow } from '../../checks.js'

function addKeys(
  selector: LabelSelector,
  keys: string[],
  { operator, labels }: { operator: 'In' | 'NotIn'; labels: Record<string, string> },
): void {
  const added = keys.flatMap((key) => (labels[key] === undefined ? [] : [{ key, operator, values: [labels[key]] }]))
  if (added.length) selector.matchExpressions = [...(selector.matchExpressions ?? []), ...added]
}

function termsOf({ affinity }: Pod['spec']): PodAffinityTerm[] {
  return [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((each) => [
    ...(each?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
    ...(each?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
  ])
}

/** Changes a new Pod in place. */
export function mergeLabelKeys({ metadata: { labels = {} }, spec }: Pod): void {
  for (const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } of termsOf(spec)) {
    if (!labelSelector) continue
    addKeys(labelSelector, matchLabelKeys, { operator: 'In', labels })
    addKeys(labelSelector, mismatchLabelKeys, { operator: 'NotIn', labels })
  }
  for (const { labelSelector, matchLabelKeys = [] } of spec.topologySpreadConstraints ?? [])
    if (labelSelector) addKeys(labelSelector, matchLabelKeys, { operator: 'In', labels })
}

interface Keys {
  labelSelector?: LabelSelector | undefined
  matchLabelKeys?: string[] | undefined
  mismatchLabelKeys?: string[] | undefined
}

/** A key that the selector had already stands there twice by now: upstream tells it so, by its place among the keys alone. */
export function validateLabelKeys({ labelSelector, ...keys }: Keys, path: string, errors: FieldErrors): void {
  const { matchLabelKeys = [], mismatchLabelKeys = [] } = keys
  for (const [name, list] of Object.entries({ matchLabelKeys, mismatchLabelKeys })) {
    if (list.length && !labelSelector) errors.forbidden(`${path}.${name}`, 'must not be specified when labelSelector is not set')
    for (const [index, key] of list.entries()) follow(qualifiedName, key, `${path}.${name}[${index}]`, errors)
  }
  const seen = new Set(Object.keys(labelSelector?.matchLabels ?? {}))
  for (const { key } of labelSelector?.matchExpressions ?? []) {
    if (seen.has(key) && matchLabelKeys.includes(key))
      errors.invalid(`${path}[${matchLabelKeys.lastIndexOf(key)}]`, key, 'exists in both matchLabelKeys and labelSelector')
    seen.add(key)
  }
  for (const [index, key] of matchLabelKeys.entries())
    if (mismatchLabelKeys.includes(key))
      errors.invalid(`${path}.matchLabelKeys[${index}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys')
}
