/** The Pod that a probe runs in: found by name or label, and seen to run before anything is asked of it. */

import { type ExecCommand, type ExecResult, runInPod } from '../api/exec.js'
import type { Pod } from '../api/json.js'
import { ApiError } from '../api/transport.js'
import { objectProvenance, plain } from '../read/provenance.js'
import type { Reader } from '../read/reader.js'
import { currentAttempt } from '../run/attempt.js'
import { judgePod } from '../settle/judge-pod.js'
import { Unmet } from '../unmet.js'
import { message } from '../words.js'

export interface PodTarget {
  namespace: string
  name: string
  container?: string
}

/**
 * @param pod `namespace/name` or `namespace/label=value`
 * @throws Unmet where there is no such Pod, or it does not run
 */
export async function podTarget(reader: Reader, pod: string, container?: string): Promise<PodTarget> {
  const slash = pod.indexOf('/')
  const namespace = pod.slice(0, slash)
  const name = pod.slice(slash + 1)
  if (slash <= 0 || name === '') throw new TypeError(`"${pod}": write a Pod as namespace/name or namespace/label=value`)
  const found = name.includes('=') ? await byLabel(reader, namespace, name) : await reader.get('Pod', namespace, name)
  await mustRun(reader, found as Pod, container)
  return { namespace, name: found.metadata?.name ?? name, ...(container ? { container } : {}) }
}

async function byLabel(reader: Reader, namespace: string, labels: string): Promise<Pod> {
  const pods = await reader.list('Pod', { namespace, labels })
  const best = pods.find((pod) => runningContainers(pod).length > 0 && !pod.metadata?.deletionTimestamp) ?? pods[0]
  if (best) return best
  throw new Unmet('absent', {
    holds: false,
    subject: plain(`pods in ${namespace} with ${labels}`),
    expected: message('expected.running'),
    found: message('found.absent'),
    seeWith: `kubectl -n ${namespace} get pod -l '${labels}'`,
  })
}

/**
 * Runs a command in the Pod. That the Pod went away, or that its kubelet does not answer, is a finding, not a fault of ours.
 *
 * @throws Unmet in those cases
 */
export async function runIn(reader: Reader, target: PodTarget, command: ExecCommand): Promise<ExecResult> {
  try {
    const { transport } = reader.client
    const what = `exec in ${target.namespace}/${target.name}`
    const ran = await transport.converse(what, () => runInPod(transport, target, command))
    if (ran.timedOut) currentAttempt().timedOut = true
    return ran
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const { subject, seeWith } = objectProvenance(await reader.client.resource('Pod'), target)
    throw new Unmet(error.status === 404 ? 'progressing' : 'wrong', {
      holds: false,
      subject,
      expected: message('expected.answers'),
      found: message('found.no-answer', { why: error.message }),
      seeWith,
    })
  }
}

const runningContainers = (pod: Pod) =>
  (pod.status?.containerStatuses ?? []).filter((status) => status.state?.running).map((status) => status.name)

async function mustRun(reader: Reader, pod: Pod, container: string | undefined): Promise<void> {
  const wanted = container ?? pod.spec?.containers[0]?.name ?? ''
  if (runningContainers(pod).includes(wanted) && !pod.metadata?.deletionTimestamp) return
  const { namespace, name = '' } = pod.metadata ?? {}
  const { subject, seeWith } = objectProvenance(await reader.client.resource('Pod'), { namespace, name })
  const judgement = judgePod(pod, reader.client.transport.now())
  currentAttempt().objects.set(pod, await reader.client.resource('Pod'))
  throw new Unmet(judgement.state === 'progressing' ? 'progressing' : 'wrong', {
    holds: false,
    subject,
    expected: message('expected.running'),
    found: judgement.why ?? message('found.value', { value: pod.status?.phase ?? '-' }),
    seeWith,
  })
}
