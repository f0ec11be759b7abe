import type { EndpointSlice } from '../../schema/kubernetes.generated.js'
import { column, columns } from '../columns.js'
import { defineKind } from '../define.js'

const MOST_SHOWN = 3

/** `a, b, c + 2 more...` */
function shorten(items: string[]): string {
  const shown = items.slice(0, MOST_SHOWN).join(',')
  return items.length > MOST_SHOWN ? `${shown} + ${items.length - MOST_SHOWN} more...` : shown
}

export const endpointSlice = defineKind<EndpointSlice>('discovery.k8s.io', 'EndpointSlice', {
  counted: true,
  defaults(object) {
    for (const port of object.ports ?? []) {
      port.name ??= ''
      port.protocol ??= 'TCP'
    }
  },
  columns: columns<EndpointSlice>(
    column('AddressType', (object) => object.addressType),
    column('Ports', (object) => shorten((object.ports ?? []).map((port) => String(port.port ?? port.name ?? '*'))), '<unset>'),
    column('Endpoints', (object) => shorten((object.endpoints ?? []).flatMap((endpoint) => endpoint.addresses)), '<unset>'),
  ),
})
