/** `kubectl rollout`. Models pkg/cmd/rollout and pkg/polymorphichelpers of kubectl (v1.36). */
import type { JsonObject } from '../../objects/object.js'
import { timestamp } from '../../time/clock.js'
import { type Kind, KubectlError, pathOf, shownName } from './api.js'
import { type Call, say } from './call.js'
import { type Change, changeEach, STRATEGIC } from './changes.js'
import { type Chosen, chosen } from './chosen.js'
import { follow } from './follow.js'
import { backTo, revisionsOf, type Workload } from './revisions.js'
import { statusOf } from './rollout-status.js'

const RESTARTABLE = ['Deployment', 'DaemonSet', 'StatefulSet']

const failed = (message: string): KubectlError => new KubectlError(`error: ${message}`)

/** `deployments.apps` */
const pluralName = ({ resource, group }: Kind): string => `${resource}${group && `.${group}`}`

function restart(call: Call): Promise<number> {
  const at = timestamp(call.api.process.machine.clock.now())
  const annotations = { 'kubectl.kubernetes.io/restartedAt': at }
  return changeEach(call, (object, { kind, name }) => {
    if (!RESTARTABLE.includes(kind.kind)) throw failed(`${pluralName(kind)} ${JSON.stringify(name)} restarting is not supported`)
    if ((object as unknown as Workload).spec.paused)
      throw failed(`${pluralName(kind)} ${JSON.stringify(name)} can't restart paused deployment (run rollout resume first)`)
    const body = { spec: { template: { metadata: { annotations } } } }
    return { body, contentType: STRATEGIC, done: 'restarted' }
  })
}

const pausing =
  (paused: boolean) =>
  (call: Call): Promise<number> =>
    changeEach(call, (object, { kind, name }): Change => {
      const word = paused ? 'paus' : 'resum'
      const where = `${pluralName(kind)} ${JSON.stringify(name)}`
      if (kind.kind !== 'Deployment') throw failed(`${where} ${word}ing is not supported`)
      const isPaused = (object as unknown as Workload).spec.paused ?? false
      if (isPaused === paused) throw failed(`${where} is ${paused ? 'already' : 'not'} paused`)
      return { body: { spec: { paused: paused || null } }, contentType: STRATEGIC, done: `${word}ed` }
    })

const revisionIn = ({ flags }: Call, name: string): number => {
  const revision = Number(flags.get(name) ?? 0)
  if (!(revision >= 0)) throw failed(`revision must be a positive integer: ${flags.get(name)}`)
  return revision
}

async function history(call: Call): Promise<number> {
  if (revisionIn(call, 'revision') > 0)
    throw failed('the kubectl of the simulated image shows the list of revisions, not the template of one')
  for (const one of await chosen(call)) {
    const workload = (await call.api.json('GET', pathOf(one.kind, one.namespace, one.name))) as unknown as Workload
    const revisions = await revisionsOf(call, one, workload)
    const rows = revisions.map(({ revision, cause }) => `${String(revision).padEnd(10)}${cause || '<none>'}\n`)
    const text = rows.length === 0 ? 'No rollout history found.' : `REVISION  CHANGE-CAUSE\n${rows.join('')}`
    await say(call, `${shownName(one.kind, one.name)} \n${text}\n`)
  }
  return 0
}

function undo(call: Call): Promise<number> {
  const wanted = revisionIn(call, 'to-revision')
  return changeEach(call, async (object: JsonObject, one: Chosen) => {
    const workload = object as unknown as Workload
    const found = await backTo(call, one, { workload, wanted })
    if (found.type === 'same') {
      await say(call, `${shownName(one.kind, one.name)} skipped rollback (current template already matches revision ${wanted})\n`)
      return undefined
    }
    return { ...found.change, done: 'rolled back' }
  })
}

async function status(call: Call): Promise<number> {
  const revision = revisionIn(call, 'revision')
  const watches = call.flags.get('watch') !== 'false'
  for (const one of await chosen(call)) {
    const judge = statusOf(one.kind.kind)
    if (!judge)
      throw failed(
        `no status viewer has been implemented for ${one.kind.group || 'core'}/${one.kind.version}, Kind=${one.kind.kind}`,
      )
    await follow(call, one, async (object) => {
      const { text, isDone } = judge(object as never, revision)
      await say(call, text)
      return isDone || !watches
    })
  }
  return 0
}

const COMMANDS: Record<string, (call: Call) => Promise<number>> = {
  restart,
  pause: pausing(true),
  resume: pausing(false),
  history,
  undo,
  status,
}

export async function rollout(call: Call): Promise<number> {
  const [what = '', ...words] = call.words
  const command = COMMANDS[what]
  if (!command) throw failed(`the kubectl of the simulated image knows rollout ${Object.keys(COMMANDS).join(', ')}`)
  return command({ ...call, words })
}
