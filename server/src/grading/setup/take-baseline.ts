/** What the cluster holds now, as guards will compare with it: the task's namespaces, the cluster's own workloads, and all outside namespaces. */
import { type ApiClient, ApiError, type BaselineRecord, BUILT_IN, builtInKind, type Resource } from '@wheelhouse/checkers/run'

type BaselineObject = NonNullable<BaselineRecord['objects']>[number]

/** Their content changes by itself, or is nobody's concern. */
const LEFT_OUT = new Set(['Event', 'Lease', 'EndpointSlice', 'ControllerRevision'])
const SYSTEM_KINDS = ['Pod', 'Deployment', 'DaemonSet', 'ConfigMap', 'Service'].flatMap((kind) => builtInKind(kind) ?? [])
/** What every cluster brings along; a learner's own ClusterRole never bears it. */
const BOOTSTRAP = 'kubernetes.io/bootstrapping'

export async function takeBaseline(client: ApiClient, namespaces: readonly string[]): Promise<BaselineRecord> {
  const kinds = BUILT_IN.filter((resource) => !LEFT_OUT.has(resource.kind))
  const lists = [
    ...namespaces.flatMap((namespace) => kinds.filter((kind) => kind.namespaced).map((kind) => listed(client, kind, namespace))),
    ...SYSTEM_KINDS.map((kind) => listed(client, kind, 'kube-system')),
    ...kinds.filter((kind) => !kind.namespaced).map((kind) => listed(client, kind, undefined)),
  ]
  const objects = (await Promise.all(lists)).flat()
  return { takenAtMs: client.transport.now(), objects }
}

async function listed(client: ApiClient, resource: Resource, namespace: string | undefined): Promise<BaselineObject[]> {
  const objects = await client.list<BaselineObject>(resource, { namespace }).catch(noneIfUnserved)
  return objects.filter((object) => object.metadata?.labels?.[BOOTSTRAP] === undefined).map(slim)
}

/** A cluster may serve less than all kinds. */
function noneIfUnserved(error: unknown): never[] {
  if (error instanceof ApiError && error.status === 404) return []
  throw error
}

/** Without what no guard asks for: who set which field, images on nodes, and the contents of Secrets. */
function slim(object: BaselineObject): BaselineObject {
  const { managedFields: _, annotations, ...metadata } = object.metadata ?? {}
  const { 'kubectl.kubernetes.io/last-applied-configuration': __, ...kept } = annotations ?? {}
  const slimmed = { ...object, metadata: { ...metadata, ...(annotations ? { annotations: kept } : {}) } } as BaselineObject & {
    data?: unknown
    status?: { images?: unknown }
  }
  if (object.kind === 'Secret') delete slimmed.data
  if (object.kind === 'CustomResourceDefinition') return { ...slimmed, spec: undefined, status: undefined } as BaselineObject
  if (object.kind === 'Node' && slimmed.status) slimmed.status = { ...slimmed.status, images: undefined }
  return slimmed
}
