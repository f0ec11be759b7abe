import { isAlreadyExists, isNotFound } from '../objects/status.js'
import { defineController, done, type ReconcileContext } from './runtime/controller.js'

/** In a namespace that has gone meanwhile, or where another was quicker, there is nothing to do. */
const quietly = (error: unknown): void => {
  if (!isAlreadyExists(error) && !isNotFound(error) && !/being terminated/.test(String(error))) throw error
}

const isLiving = ({ informers }: ReconcileContext, name: string): boolean => {
  const namespace = informers.get('Namespace', name)
  return Boolean(namespace && !namespace.metadata.deletionTimestamp)
}

/** Keeps a ServiceAccount `default` in every namespace. Models pkg/controller/serviceaccount. */
export const serviceAccountController = defineController({
  name: 'service-account-controller',
  reconciles: 'Namespace',
  watches: {
    ServiceAccount: ({ type, object }) => (type === 'DELETED' && object.metadata.namespace ? [object.metadata.namespace] : []),
  },
  async reconcile(context, name) {
    if (!isLiving(context, name) || context.informers.get('ServiceAccount', `${name}/default`)) return done
    await context.client.create('ServiceAccount', { metadata: { name: 'default', namespace: name } }).catch(quietly)
    return done
  },
})

const ROOT_CA = 'kube-root-ca.crt'
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'

/** Publishes the CA of the cluster in every namespace. Models pkg/controller/certificates/rootcacertpublisher. */
export const rootCaController = (caPem: string) =>
  defineController({
    name: 'root-ca-cert-publisher',
    reconciles: 'Namespace',
    watches: {
      ConfigMap: ({ object }) =>
        object.metadata.name === ROOT_CA && object.metadata.namespace ? [object.metadata.namespace] : [],
    },
    async reconcile(context, name) {
      if (!isLiving(context, name)) return done
      const present = context.informers.get('ConfigMap', `${name}/${ROOT_CA}`)
      const data = { 'ca.crt': caPem }
      if (!present) {
        const metadata = { name: ROOT_CA, namespace: name, annotations: { 'kubernetes.io/description': DESCRIPTION } }
        await context.client.create('ConfigMap', { metadata, data }).catch(quietly)
      } else if (present.data?.['ca.crt'] !== caPem) await context.client.update('ConfigMap', { ...present, data })
      return done
    },
  })
