/**
 * Brings a namespace back to what it is when new, in a second or two. Deleting the namespace itself would take five and more: its
 * controller waits for every kind and for every Pod's grace. So it stays, and what is in it goes, Pods without grace.
 */
import { type ApiClient, ApiError, builtInKind, pathOf, type Resource } from '@wheelhouse/checkers/run'
import { type Patience, until } from './patience.js'

interface Meta {
  metadata?: {
    name?: string
    uid?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    finalizers?: string[]
    deletionTimestamp?: string
  }
  spec?: { finalizers?: string[] }
  status?: { phase?: string }
}

/** What makes other things: gone first, so that nothing comes again. */
const MAKERS = new Set(['deployments', 'replicasets', 'statefulsets', 'daemonsets', 'replicationcontrollers', 'jobs', 'cronjobs'])
/** Kept by controllers of the cluster, one in each namespace. */
const KEPT: Record<string, string> = { configmaps: 'kube-root-ca.crt', serviceaccounts: 'default' }
/** After this, what still hangs on finalizers is cut loose: nobody is left to wait for. */
const FINALIZER_PATIENCE_MS = 1_000

export async function emptyNamespace(client: ApiClient, namespace: string, patience: Patience): Promise<void> {
  if (await isNew(client, namespace, patience)) return
  const resources = (await client.allResources()).filter((resource) => resource.namespaced && isDeletable(resource))
  await resetNamespaceObject(client, namespace)
  const makers = resources.filter((resource) => MAKERS.has(resource.plural))
  const rest = resources.filter((resource) => !MAKERS.has(resource.plural))
  await deleteAll(client, namespace, makers)
  await deleteAll(client, namespace, rest)
  const startedAt = performance.now()
  const isEmpty = async () => {
    const left = await leftovers(client, namespace, resources)
    const late = performance.now() - startedAt > FINALIZER_PATIENCE_MS
    await Promise.all(left.map((one) => removeLeftover(client, namespace, { ...one, late })))
    return left.length === 0
  }
  if (!(await until(isEmpty, patience))) throw new Error(`namespace ${namespace} could not be emptied`)
  await resetDefaultAccount(client, namespace, patience)
}

const required = (kind: string): Resource => {
  const resource = builtInKind(kind)
  if (!resource) throw new Error(`the table of kinds has no ${kind}`)
  return resource
}

const isDeletable = ({ verbs = [], plural }: Resource) =>
  verbs.includes('delete') && verbs.includes('list') && plural !== 'events'

/** Makes the namespace where it is missing; one that is being deleted is hurried on and made anew. */
async function isNew(client: ApiClient, namespace: string, patience: Patience): Promise<boolean> {
  const resource = required('Namespace')
  const find = () => client.get<Meta>(resource, { name: namespace }).catch(undefinedIf404)
  const found = await find()
  if (found && !found.metadata?.deletionTimestamp) return false
  if (found) {
    const gone = async () => {
      await cutLoose(client, namespace)
      return (await find()) === undefined
    }
    if (!(await until(gone, patience))) throw new Error(`namespace ${namespace} stays in deletion`)
  }
  await client.create(resource, undefined, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  await defaultAccountExists(client, namespace, patience)
  return true
}

async function cutLoose(client: ApiClient, namespace: string): Promise<void> {
  const resources = (await client.allResources()).filter((resource) => resource.namespaced && isDeletable(resource))
  const left = await leftovers(client, namespace, resources)
  await Promise.all(left.map((one) => removeLeftover(client, namespace, { ...one, late: true })))
}

/** Labels decide over PodSecurity and network policies, so the learner's go. */
async function resetNamespaceObject(client: ApiClient, namespace: string): Promise<void> {
  const resource = required('Namespace')
  const { metadata = {} } = await client.get<Meta>(resource, { name: namespace })
  const nulls = (entries: Record<string, string> = {}, keep?: string) =>
    Object.fromEntries(Object.keys(entries).flatMap((key) => (key === keep ? [] : [[key, null]])))
  const labels = nulls(metadata.labels, 'kubernetes.io/metadata.name')
  const annotations = nulls(metadata.annotations)
  if (Object.keys({ ...labels, ...annotations }).length === 0) return
  await mergePatch(client, pathOf(resource, { name: namespace }), { metadata: { labels, annotations } })
}

const mergePatch = (client: ApiClient, path: string, body: unknown) =>
  client.transport.json({ method: 'PATCH', path, body, contentType: 'application/merge-patch+json' })

async function deleteAll(client: ApiClient, namespace: string, resources: Resource[]): Promise<void> {
  await Promise.all(resources.map((resource) => deleteCollection(client, namespace, resource)))
}

async function deleteCollection(client: ApiClient, namespace: string, resource: Resource): Promise<void> {
  if (!resource.verbs?.includes('deletecollection')) return
  const kept = KEPT[resource.plural]
  const query = {
    gracePeriodSeconds: '0',
    propagationPolicy: 'Background',
    fieldSelector: kept && `metadata.name!=${kept}`,
  }
  await client.transport.text({ method: 'DELETE', path: pathOf(resource, { namespace }), query }).catch(ignoreRefusal)
}

/** An aggregated API may refuse; what matters is what is left, and that is asked afterwards. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof ApiError)) throw error
}

interface Leftover {
  resource: Resource
  object: Meta
}

async function leftovers(client: ApiClient, namespace: string, resources: Resource[]): Promise<Leftover[]> {
  const lists = resources.map(async (resource) => {
    const objects = await client.list<Meta>(resource, { namespace }).catch((error: unknown) => {
      ignoreRefusal(error)
      return []
    })
    return objects.filter((object) => !isKept(resource, object)).map((object) => ({ resource, object }))
  })
  return (await Promise.all(lists)).flat()
}

/** Endpoints, and slices that belong to a Service, go with it by themselves; so do the records of what metrics saw. */
const isKept = (resource: Resource, { metadata = {} }: Meta) =>
  KEPT[resource.plural] === metadata.name || resource.plural === 'endpoints' || resource.group === 'metrics.k8s.io'

async function removeLeftover(
  client: ApiClient,
  namespace: string,
  { resource, object, late }: Leftover & { late: boolean },
): Promise<void> {
  const { name, finalizers = [], deletionTimestamp } = object.metadata ?? {}
  const path = pathOf(resource, { namespace, name })
  const gone = (error: unknown) => ignoreRefusal(error)
  if (late && finalizers.length > 0) await mergePatch(client, path, { metadata: { finalizers: null } }).catch(gone)
  if (deletionTimestamp && !late) return
  const query = { gracePeriodSeconds: '0', propagationPolicy: 'Background' }
  await client.transport.text({ method: 'DELETE', path, query }).catch(gone)
}

/** A learner may have changed the account that every Pod gets; then it is made anew by its controller. */
async function resetDefaultAccount(client: ApiClient, namespace: string, patience: Patience): Promise<void> {
  const resource = required('ServiceAccount')
  const account = await client.get<Record<string, unknown>>(resource, { namespace, name: 'default' }).catch(undefinedIf404)
  const changed = account && Object.keys(account).some((key) => !['apiVersion', 'kind', 'metadata'].includes(key))
  if (changed) await client.transport.text({ method: 'DELETE', path: pathOf(resource, { namespace, name: 'default' }) })
  await defaultAccountExists(client, namespace, patience)
}

/** Without it, a Pod is refused. */
async function defaultAccountExists(client: ApiClient, namespace: string, patience: Patience): Promise<void> {
  const find = () => client.get(required('ServiceAccount'), { namespace, name: 'default' }).catch(undefinedIf404)
  // Where no controller-manager runs, nobody makes it; whether that matters shows when a Pod is made.
  await until(async () => (await find()) !== undefined, { ...patience, forMs: Math.min(patience.forMs, 5_000) })
}

function undefinedIf404(error: unknown): undefined {
  if (error instanceof ApiError && error.status === 404) return undefined
  throw error
}
