import { dnsLabel } from '../../objects/names.js'
import type { Namespace } from '../../schema/kubernetes.generated.js'
import { column, columns } from '../columns.js'
import { defineKind } from '../define.js'
import { validateFinalizer } from '../metadata.js'

export const namespace = defineKind<Namespace>('', 'Namespace', {
  nameRule: dnsLabel,
  defaults(object) {
    if (object.metadata.name)
      object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name }
    object.spec ??= {}
  },
  prepareForCreate(object) {
    // The namespace controller takes this away when nothing is left inside.
    const others = (object.spec.finalizers ?? []).filter((name) => name !== 'kubernetes')
    object.spec.finalizers = [...others, 'kubernetes']
    object.status = { phase: 'Active' }
  },
  prepareForUpdate(object, old) {
    if (old.spec.finalizers) object.spec.finalizers = old.spec.finalizers
    else delete object.spec.finalizers
  },
  validate({ spec }, errors) {
    for (const name of spec.finalizers ?? []) validateFinalizer(name, 'spec.finalizers', errors)
  },
  fields: { 'status.phase': (object) => object.status?.phase ?? '' },
  columns: columns<Namespace>(column('Status', (object) => object.status?.phase)),
})
