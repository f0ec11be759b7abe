/** What the workloads of apps/v1 share: a selector that must fit its template, and columns of containers and images. */
import type { FieldErrors } from '../../objects/field-errors.js'
import { qualifiedName } from '../../objects/names.js'
import type { KubeObject } from '../../objects/object.js'
import { formatSelector, selectorOf } from '../../objects/selector.js'
import type { LabelSelector, PodTemplateSpec } from '../../schema/kubernetes.generated.js'
import { nonNegative } from '../checks.js'
import { column, wide } from '../columns.js'
import { validatePodTemplate } from '../core/pod-spec-validation.js'
import type { Column } from '../define.js'
import { validateSelector } from '../label-selector.js'

export interface Workload extends KubeObject {
  spec: {
    selector: LabelSelector
    template: PodTemplateSpec
    replicas?: number | undefined
    minReadySeconds?: number | undefined
  }
}

export interface WorkloadWords {
  /** As upstream's texts name it. */
  kind: 'deployment' | 'daemonset' | 'statefulset'
  /** `minReadySeconds` is looked at after the template; the caller does it. */
  laterReadiness?: boolean
}

const PART_NAMES = { deployment: 'ReplicaSet', daemonset: 'DaemonSet', statefulset: 'StatefulSet' }

export function validateWorkload(object: Workload, errors: FieldErrors, { kind, laterReadiness }: WorkloadWords): void {
  const { selector, template, replicas, minReadySeconds } = object.spec
  nonNegative(replicas, 'spec.replicas', errors)
  if (!laterReadiness) nonNegative(minReadySeconds, 'spec.minReadySeconds', errors)
  // Upstream asks a DaemonSet for none: its template is what does not fit.
  if (selector || kind !== 'daemonset') validateSelector(selector, 'spec.selector', errors)
  const isEmpty = selector && !Object.keys(selector.matchLabels ?? {}).length && !selector.matchExpressions?.length
  if (isEmpty) errors.invalid('spec.selector', selector, `empty selector is invalid for ${kind}`)
  const labels = template?.metadata?.labels
  if (selector && !isReadable(selector)) errors.invalid('spec.selector', selector, 'invalid label selector')
  else if (!isEmpty && !(selector && selectorOf(selector)(labels)))
    errors.invalid('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`')
  if (!template) return
  validatePodTemplate(template, 'spec.template', errors)
  const restartPolicy = template.spec?.restartPolicy
  if (restartPolicy && restartPolicy !== 'Always')
    errors.notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always'])
  if (template.spec?.activeDeadlineSeconds !== undefined)
    errors.forbidden('spec.template.spec.activeDeadlineSeconds', `activeDeadlineSeconds in ${PART_NAMES[kind]} is not Supported`)
}

/** Whether it can be made a matcher of. @see metav1.LabelSelectorAsSelector */
const isReadable = ({ matchExpressions = [] }: LabelSelector): boolean =>
  (matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const isKnown = ['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(operator)
    const wantsValues = operator === 'In' || operator === 'NotIn'
    return isKnown && qualifiedName(key).length === 0 && wantsValues === Boolean(values?.length)
  })

const names = (object: Workload) => object.spec.template?.spec?.containers.map((container) => container.name).join(',')
const images = (object: Workload) => object.spec.template?.spec?.containers.map((container) => container.image).join(',')

export const containerColumns = <T extends Workload>(): Column<T>[] => [
  wide(column<T>('Containers', names)),
  wide(column<T>('Images', images)),
]
export const selectorColumn = <T extends Workload>(): Column<T> =>
  wide(column<T>('Selector', (object) => formatSelector(object.spec.selector)))
