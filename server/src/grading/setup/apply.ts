/** Applies a manifest file by server-side apply under a field manager of our own, and waits until what it made has settled. */
import { readFileSync } from 'node:fs'
import { type ApiClient, ApiError, Attempt, judge, pathOf, type Resource } from '@wheelhouse/checkers/run'
import { parseAllDocuments } from 'yaml'
import { type Patience, patiently, pause } from './patience.js'

const FIELD_MANAGER = 'wheelhouse-setup'
/** `"no"`: the setup goes on although this object is not ready. */
const WAIT_ANNOTATION = 'wheelhouse.dev/wait'
/** A new kind, or a namespace's new account, is known everywhere after a moment. */
const RETRY_MS = 10_000
/** A task may begin with a claim that nothing fits: what has been waiting so long will go on waiting. */
const STILL_MS = 1_500

interface ManifestObject {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> }
}

interface Applied {
  resource: Resource
  namespace: string | undefined
  name: string
}

/** @throws Error that names the object and says what the API server said */
export async function applyManifest(client: ApiClient, file: string, patience: Patience): Promise<void> {
  const documents = parseAllDocuments(readFileSync(file, 'utf8'))
  const objects = (Array.isArray(documents) ? documents : []).map((document) => document.toJS() as ManifestObject | null)
  const applied: Applied[] = []
  for (const object of objects) {
    if (!object) continue
    const place = await applyObject(client, object, patience)
    if (object.metadata.annotations?.[WAIT_ANNOTATION] !== 'no') applied.push(place)
  }
  await settled(client, applied, patience)
}

async function applyObject(client: ApiClient, object: ManifestObject, patience: Patience): Promise<Applied> {
  const { name, namespace } = object.metadata
  const what = `${object.kind} ${namespace ? `${namespace}/` : ''}${name}`
  const apply = async () => {
    const resource = await client.resourceFor(object.apiVersion, object.kind)
    await client.transport.json({
      method: 'PATCH',
      path: pathOf(resource, { namespace, name }),
      query: { fieldManager: FIELD_MANAGER, force: 'true' },
      contentType: 'application/apply-patch+yaml',
      body: object,
    })
    return { resource, namespace, name }
  }
  try {
    return await patiently(apply, { ...patience, forMs: RETRY_MS }, isPassing)
  } catch (error) {
    patience.signal?.throwIfAborted()
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** A kind whose definition is a moment old, an account that its controller is about to make, a namespace still in deletion. */
const isPassing = (error: unknown) =>
  error instanceof ApiError &&
  ((error.status === 404 && /serves no kind|could not find the requested resource/.test(error.message)) ||
    (error.status === 403 && /serviceaccount|being terminated/.test(error.message)) ||
    error.status === 409)

/** Ready, or plainly stuck, or waiting for what does not come: the states in which a task can begin. */
async function settled(client: ApiClient, applied: Applied[], { forMs, signal }: Patience): Promise<void> {
  const deadline = performance.now() + forMs
  let seen = ''
  let since = performance.now()
  for (;;) {
    signal?.throwIfAborted()
    const attempt = await patiently(() => lookAt(client, applied), { forMs: RETRY_MS, signal })
    const judgement = await patiently(() => judge(client, attempt), { forMs: RETRY_MS, signal })
    // Sorted: the answers came in any order.
    const versions = [...attempt.objects.keys()].map(({ metadata }) => `${metadata?.uid}@${metadata?.resourceVersion}`)
    const now = JSON.stringify(versions.sort())
    if (now !== seen) since = performance.now()
    seen = now
    const waitsForNothing =
      judgement.state === 'progressing' && judgement.patienceMs !== undefined && performance.now() - since > STILL_MS
    if (judgement.state !== 'progressing' || waitsForNothing) return
    if (performance.now() > deadline)
      throw new Error(`${subjectOf(judgement)} did not settle within ${Math.round(forMs / 1000)} s`)
    await pause(150)
  }
}

const subjectOf = ({ of }: { of?: { values?: Record<string, unknown> } }) => String(of?.values?.text ?? 'what it made')

async function lookAt(client: ApiClient, applied: Applied[]): Promise<Attempt> {
  const attempt = new Attempt()
  await Promise.all(
    applied.map(async ({ resource, namespace, name }) => {
      const object = await client.get<{ metadata?: object }>(resource, { namespace, name }).catch(ignoreGone)
      if (object) attempt.objects.set({ ...object, kind: resource.kind }, resource)
    }),
  )
  return attempt
}

/** A Job with a TTL, or a Pod that a controller replaced, may be gone already. */
function ignoreGone(error: unknown): undefined {
  if (error instanceof ApiError && error.status === 404) return undefined
  throw error
}
