/** Columns of admissionregistration.k8s.io. Nothing calls a webhook or evaluates a policy yet: without-effect.ts says so. */
import { formatSelector } from '../../objects/selector.js'
import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  MutatingWebhookConfiguration,
  ParamRef,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
} from '../../schema/kubernetes.generated.js'
import { column, columns, integerColumn } from '../columns.js'
import { defineKind, type KindDefinition } from '../define.js'

const GROUP = 'admissionregistration.k8s.io'

const paramKind = (
  spec: { paramKind?: { apiVersion?: string | undefined; kind?: string | undefined } | undefined } | undefined,
): string => (spec?.paramKind ? `${spec.paramKind.apiVersion}/${spec.paramKind.kind}` : '<unset>')

function paramRef(reference: ParamRef | undefined): string {
  if (reference?.name) return `${reference.namespace || '*'}/${reference.name}`
  return reference?.selector ? formatSelector(reference.selector) : '<unset>'
}

export const admissionRegistrationKinds: KindDefinition[] = [
  defineKind<MutatingWebhookConfiguration>(GROUP, 'MutatingWebhookConfiguration', {
    counted: true,
    columns: columns<MutatingWebhookConfiguration>(integerColumn('Webhooks', ({ webhooks }) => webhooks?.length)),
  }),
  defineKind<ValidatingWebhookConfiguration>(GROUP, 'ValidatingWebhookConfiguration', {
    counted: true,
    columns: columns<ValidatingWebhookConfiguration>(integerColumn('Webhooks', ({ webhooks }) => webhooks?.length)),
  }),
  defineKind<ValidatingAdmissionPolicy>(GROUP, 'ValidatingAdmissionPolicy', {
    counted: true,
    columns: columns<ValidatingAdmissionPolicy>(
      integerColumn('Validations', ({ spec }) => spec?.validations?.length),
      { name: 'ParamKind', value: ({ spec }) => paramKind(spec) },
    ),
  }),
  defineKind<ValidatingAdmissionPolicyBinding>(GROUP, 'ValidatingAdmissionPolicyBinding', {
    counted: true,
    columns: columns<ValidatingAdmissionPolicyBinding>(
      column('PolicyName', ({ spec }) => spec?.policyName, ''),
      { name: 'ParamRef', value: ({ spec }) => paramRef(spec?.paramRef) },
    ),
  }),
  defineKind<MutatingAdmissionPolicy>(GROUP, 'MutatingAdmissionPolicy', {
    counted: true,
    columns: columns<MutatingAdmissionPolicy>(
      integerColumn('Mutations', ({ spec }) => spec?.mutations?.length),
      { name: 'ParamKind', value: ({ spec }) => paramKind(spec) },
    ),
  }),
  defineKind<MutatingAdmissionPolicyBinding>(GROUP, 'MutatingAdmissionPolicyBinding', {
    counted: true,
    columns: columns<MutatingAdmissionPolicyBinding>(
      column('PolicyName', ({ spec }) => spec?.policyName, ''),
      { name: 'ParamRef', value: ({ spec }) => paramRef(spec?.paramRef) },
    ),
  }),
]
