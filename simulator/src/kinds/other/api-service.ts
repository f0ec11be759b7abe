import { pathSegment } from '../../objects/names.js'
import type { ObjectMeta } from '../../schema/kubernetes.generated.js'
import { column, columns } from '../columns.js'
import { defineKind } from '../define.js'

interface ApiService {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  spec: { service?: { namespace?: string; name?: string } }
  status?: { conditions?: { type: string; status: string; reason?: string }[] }
}

function available({ status }: ApiService): string {
  const found = status?.conditions?.find((condition) => condition.type === 'Available')
  if (!found) return 'Unknown'
  return found.status === 'True' ? 'True' : `${found.status}${found.reason ? ` (${found.reason})` : ''}`
}

export const apiService = defineKind<ApiService>('apiregistration.k8s.io', 'APIService', {
  nameRule: pathSegment,
  keepsStatus: true,
  columns: columns<ApiService>(
    column('Service', ({ spec }) => (spec.service ? `${spec.service.namespace}/${spec.service.name}` : 'Local')),
    { name: 'Available', value: available },
  ),
})
