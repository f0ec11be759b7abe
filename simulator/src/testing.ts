/** For tests: a cluster whose time stands still, and short ways to speak with it. */
import { LOOPBACK } from './access/users.js'
import type { ApiRequest, ApiResult, User } from './api/request.js'
import { SimulatedCluster } from './cluster/cluster.js'
import type { Resource } from './kinds/resource.js'
import type { JsonObject } from './objects/object.js'
import { ApiError } from './objects/status.js'
import { ManualClock } from './time/clock.js'
import { SeededRandom } from './time/random.js'

export interface TestCluster {
  cluster: SimulatedCluster
  clock: ManualClock
  /** Performs one request as `user`, by default one who may do anything. */
  request(verb: ApiRequest['verb'], path: string, extra?: Partial<ApiRequest>): ApiResult
  /** The object that a request answers with. */
  object(verb: ApiRequest['verb'], path: string, extra?: Partial<ApiRequest>): JsonObject
  /** As `request`, of one that may rest or ask webhooks. */
  asking(verb: ApiRequest['verb'], path: string, extra?: Partial<ApiRequest>): Promise<ApiResult>
  as(user: User): Pick<TestCluster, 'request' | 'object'>
}

/** `apps/v1/deployments`, `v1/pods/status`: group, version, resource, and a subresource. */
function parse(
  cluster: SimulatedCluster,
  path: string,
): { resource: Resource; namespace: string; name: string; subresource: string } {
  const [address = '', where = ''] = path.split(' ')
  const parts = address.split('/')
  const isCore = /^v\d/.test(parts[0] ?? '')
  const [group, version, plural, subresource = ''] = isCore ? ['', ...parts] : parts
  const resource = cluster.server.context.resources.find(group ?? '', version ?? '', plural ?? '')
  if (!resource) throw new Error(`no resource at ${address}`)
  const [namespace = '', name = ''] = resource.namespaced ? where.split('/') : ['', where]
  return { resource, namespace, name, subresource }
}

/** @param options.apiOnly without controllers (the default), or with them */
export async function testCluster(options: { apiOnly?: boolean } = {}): Promise<TestCluster> {
  const clock = new ManualClock()
  const cluster = await SimulatedCluster.create({
    shape: { controlPlanes: 1, workers: 1 },
    clock,
    random: new SeededRandom(7),
    apiOnly: options.apiOnly ?? true,
  })
  const asked = (user: User, verb: ApiRequest['verb'], path: string, extra: Partial<ApiRequest>): ApiRequest => ({
    ...{ verb, ...parse(cluster, path), user, fieldManager: 'test', warnings: [] },
    ...extra,
  })
  const as = (user: User): Pick<TestCluster, 'request' | 'object'> => {
    const request: TestCluster['request'] = (verb, path, extra = {}) => cluster.server.perform(asked(user, verb, path, extra))
    const object: TestCluster['object'] = (verb, path, extra) => {
      const result = request(verb, path, extra)
      if (result.type !== 'object') throw new Error(`expected an object, got a ${result.type}`)
      return result.object as JsonObject
    }
    return { request, object }
  }
  const asking: TestCluster['asking'] = (verb, path, extra = {}) =>
    cluster.server.performAsking(asked(LOOPBACK, verb, path, extra))
  return { cluster, clock, ...as(LOOPBACK), asking, as }
}

/** How often others had a turn while the work went on. */
export async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let [turns, isDone] = [0, false]
  const settled = work.then(
    () => true,
    () => true,
  )
  void settled.then((done) => {
    isDone = done
  })
  while (!isDone) {
    await new Promise((resolve) => setImmediate(resolve))
    turns++
  }
  return turns
}

/** The refusal that the work ends with. @throws where it is not refused */
export function refusalOf(work: () => unknown): ApiError {
  try {
    work()
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
  throw new Error('it was not refused')
}
