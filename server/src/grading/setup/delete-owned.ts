/** Deletes what a task owns outside of namespaces: `Kind/name`, or `Kind/prefix*`. */
import { type ApiClient, ApiError, builtInKind, pathOf, type Resource } from '@wheelhouse/checkers/run'
import { type Patience, until } from './patience.js'

const FINALIZER_PATIENCE_MS = 1_000

interface Named {
  metadata?: { name?: string; finalizers?: string[] }
}

export async function deleteOwned(client: ApiClient, owns: readonly string[], patience: Patience): Promise<void> {
  await Promise.all(owns.map((owned) => deleteMatching(client, owned, patience)))
}

async function deleteMatching(client: ApiClient, owned: string, patience: Patience): Promise<void> {
  const [kind = '', pattern = ''] = owned.split('/')
  const resource = await resourceOf(client, kind)
  // A kind that the cluster does not serve has no objects.
  if (!resource) return
  const startedAt = performance.now()
  const gone = async () => {
    const objects = (await client.list<Named>(resource)).filter(({ metadata }) => matches(pattern, metadata?.name ?? ''))
    const late = performance.now() - startedAt > FINALIZER_PATIENCE_MS
    await Promise.all(objects.map((object) => remove(client, resource, { object, late })))
    return objects.length === 0
  }
  if (!(await until(gone, patience))) throw new Error(`${owned} could not be deleted`)
}

const matches = (pattern: string, name: string) =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern

async function resourceOf(client: ApiClient, kind: string): Promise<Resource | undefined> {
  const resource = builtInKind(kind) ?? (await client.allResources()).find((one) => one.kind === kind)
  if (resource?.namespaced) throw new Error(`owns: ${kind} lives in namespaces; a task owns whole namespaces`)
  return resource
}

async function remove(client: ApiClient, resource: Resource, { object, late }: { object: Named; late: boolean }): Promise<void> {
  const path = pathOf(resource, { name: object.metadata?.name })
  const gone = (error: unknown) => {
    if (!(error instanceof ApiError)) throw error
  }
  if (late && object.metadata?.finalizers?.length) {
    const body = { metadata: { finalizers: null } }
    await client.transport.json({ method: 'PATCH', path, body, contentType: 'application/merge-patch+json' }).catch(gone)
  }
  await client.transport.text({ method: 'DELETE', path, query: { gracePeriodSeconds: '0' } }).catch(gone)
}
