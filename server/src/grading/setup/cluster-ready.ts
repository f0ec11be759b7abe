/** A new cluster answers before its name server does; a task that begins meanwhile would begin with names that do not resolve. */
import { type ApiClient, ApiError, ApiSilent, builtInKind } from '@wheelhouse/checkers/run'
import { type Patience, until } from './patience.js'

interface Deployment {
  spec?: { replicas?: number }
  status?: { readyReplicas?: number }
}

/** Waits until one Pod of it is ready. Where there is no such Deployment, or it stays broken, the task begins as it is. */
export async function nameServerSettles(client: ApiClient, patience: Patience): Promise<void> {
  const resource = builtInKind('Deployment')
  if (!resource) return
  await until(async () => {
    const found = await client
      .get<Deployment>(resource, { namespace: 'kube-system', name: 'coredns' })
      .catch(undefinedIfUnanswered)
    return found === undefined || (found.spec?.replicas ?? 1) === 0 || (found.status?.readyReplicas ?? 0) > 0
  }, patience)
}

function undefinedIfUnanswered(error: unknown): undefined {
  if (error instanceof ApiError || error instanceof ApiSilent) return undefined
  throw error
}
