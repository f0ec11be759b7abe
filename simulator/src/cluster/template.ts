/**
 * The state of a fresh cluster, made once in the process and shared by all: a new one copies references and sets its own times.
 * Uids are the same in every cluster of the process, which nobody can see: clusters never meet.
 */
import { RbacAuthorizer } from '../access/rbac.js'
import { ApiServer } from '../api/server.js'
import { Resources } from '../kinds/resource.js'
import { type Checkpoint, Store } from '../storage/store.js'
import type { Clock } from '../time/clock.js'
import { SystemRandom } from '../time/random.js'
import { bootstrap } from './bootstrap.js'
import { movedBy } from './moved.js'
import type { NodeShape } from './shape.js'

const templates = new Map<string, Checkpoint>()
/** Every time in a template is the beginning of the epoch, and moved from there. */
const stopped: Clock = { now: () => 0, after: () => () => {} }

function make(controlPlane: NodeShape): Checkpoint {
  const store = new Store()
  const server = new ApiServer({
    store,
    resources: new Resources(),
    clock: stopped,
    random: new SystemRandom(),
    authorizer: new RbacAuthorizer(store),
    admission: [],
    facts: { serviceRange: '10.96', nodePorts: { first: 30000, last: 32767 }, caPem: '' },
  })
  bootstrap({ server, controlPlane })
  return store.checkpoint()
}

/** @param nowMs when the cluster begins */
export function templateFor(controlPlane: NodeShape, nowMs: number): Checkpoint {
  const key = `${controlPlane.name} ${controlPlane.address}`
  const template = templates.get(key) ?? make(controlPlane)
  templates.set(key, template)
  const born = movedBy(Math.floor(nowMs / 1000) * 1000)
  const objects: Checkpoint['objects'] = {}
  for (const [resource, entries] of Object.entries(template.objects)) {
    objects[resource] = entries.map(([id, object]) => [id, born(object)])
  }
  return { revision: template.revision, objects }
}
