import type { Ingress, IngressClass } from '../schema/kubernetes.generated.js'
import { parseTime } from '../time/clock.js'
import type { AdmissionPlugin } from './admission.js'

const DEFAULT = 'ingressclass.kubernetes.io/is-default-class'
const OLD_WAY = 'kubernetes.io/ingress.class'

const newestFirst = (left: IngressClass, right: IngressClass): number =>
  parseTime(right.metadata.creationTimestamp) - parseTime(left.metadata.creationTimestamp) ||
  (left.metadata.name < right.metadata.name ? -1 : 1)

/** An Ingress that names no class gets the default one, the newest where there are several. */
export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  mutate({ context, request, operation, object }) {
    if (operation !== 'CREATE' || request.resource.storage !== 'networking.k8s.io/ingresses' || request.subresource) return
    const ingress = object as Ingress
    if (ingress.spec?.ingressClassName !== undefined || ingress.metadata.annotations?.[OLD_WAY] !== undefined) return
    const classes = context.store.list('networking.k8s.io/ingressclasses') as IngressClass[]
    const [newest] = classes.filter((each) => each.metadata.annotations?.[DEFAULT] === 'true').sort(newestFirst)
    if (newest) ingress.spec = { ...ingress.spec, ingressClassName: newest.metadata.name }
  },
}
