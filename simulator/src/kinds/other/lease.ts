import type { Lease } from '../../schema/kubernetes.generated.js'
import { column, columns } from '../columns.js'
import { defineKind } from '../define.js'

export const lease = defineKind<Lease>('coordination.k8s.io', 'Lease', {
  columns: columns<Lease>(column('Holder', (object) => object.spec?.holderIdentity, '')),
})
