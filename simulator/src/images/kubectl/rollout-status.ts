/** How far a rollout is. Models pkg/polymorphichelpers/rollout_status.go of kubectl (v1.36). */
import type { DaemonSet, Deployment, StatefulSet } from '../../schema/kubernetes.generated.js'
import { KubectlError } from './api.js'
import { revisionNumber } from './revisions.js'

export interface RolloutStatus {
  text: string
  isDone: boolean
}

const waiting = (text: string): RolloutStatus => ({ text: `${text}\n`, isDone: false })
const done = (text: string): RolloutStatus => ({ text: `${text}\n`, isDone: true })
const failed = (message: string): KubectlError => new KubectlError(`error: ${message}`)
const isSeen = ({ metadata, status }: { metadata: { generation?: number }; status?: { observedGeneration?: number } }): boolean =>
  (metadata.generation ?? 0) <= (status?.observedGeneration ?? 0)

function ofDeployment(deployment: Deployment, revision: number): RolloutStatus {
  const { metadata, spec, status = {} } = deployment
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = status
  const running = revisionNumber(metadata)
  if (revision > 0 && revision !== running)
    throw failed(`desired revision (${revision}) is different from the running revision (${running})`)
  if (!isSeen(deployment as never)) return waiting('Waiting for deployment spec update to be observed...')
  const progressing = status.conditions?.find(({ type }) => type === 'Progressing')
  if (progressing?.reason === 'ProgressDeadlineExceeded')
    throw failed(`deployment "${metadata.name}" exceeded its progress deadline`)
  const finishing = (what: string) => waiting(`Waiting for deployment "${metadata.name}" rollout to finish: ${what}...`)
  const wanted = spec?.replicas ?? 1
  if (updatedReplicas < wanted) return finishing(`${updatedReplicas} out of ${wanted} new replicas have been updated`)
  if (replicas > updatedReplicas) return finishing(`${replicas - updatedReplicas} old replicas are pending termination`)
  if (availableReplicas < updatedReplicas)
    return finishing(`${availableReplicas} of ${updatedReplicas} updated replicas are available`)
  return done(`deployment "${metadata.name}" successfully rolled out`)
}

/** As upstream has it for both kinds. */
const rollingOnly = (strategy: string | undefined) => {
  if (strategy !== 'RollingUpdate') throw failed('rollout status is only available for RollingUpdate strategy type')
}

function ofDaemonSet(daemons: DaemonSet): RolloutStatus {
  rollingOnly(daemons.spec?.updateStrategy?.type)
  if (!isSeen(daemons as never)) return waiting('Waiting for daemon set spec update to be observed...')
  const { updatedNumberScheduled = 0, desiredNumberScheduled = 0, numberAvailable = 0 } = daemons.status ?? {}
  const finishing = (what: string) => waiting(`Waiting for daemon set "${daemons.metadata.name}" rollout to finish: ${what}...`)
  if (updatedNumberScheduled < desiredNumberScheduled)
    return finishing(`${updatedNumberScheduled} out of ${desiredNumberScheduled} new pods have been updated`)
  if (numberAvailable < desiredNumberScheduled)
    return finishing(`${numberAvailable} of ${desiredNumberScheduled} updated pods are available`)
  return done(`daemon set "${daemons.metadata.name}" successfully rolled out`)
}

function ofStatefulSet(set: StatefulSet): RolloutStatus {
  const { updateStrategy, replicas = 1 } = set.spec ?? {}
  rollingOnly(updateStrategy?.type)
  const { readyReplicas = 0, updatedReplicas = 0, currentReplicas = 0, updateRevision, currentRevision } = set.status ?? {}
  if (!set.status?.observedGeneration || !isSeen(set as never))
    return waiting('Waiting for statefulset spec update to be observed...')
  if (readyReplicas < replicas) return waiting(`Waiting for ${replicas - readyReplicas} pods to be ready...`)
  const { rollingUpdate } = updateStrategy ?? {}
  if (rollingUpdate) {
    const wanted = replicas - (rollingUpdate.partition ?? replicas)
    if (updatedReplicas < wanted)
      return waiting(
        `Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${wanted} new pods have been updated...`,
      )
    return done(`partitioned roll out complete: ${updatedReplicas} new pods have been updated...`)
  }
  if (updateRevision !== currentRevision)
    return waiting(`waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}...`)
  return done(`statefulset rolling update complete ${currentReplicas} pods at revision ${currentRevision}...`)
}

/** @returns undefined for a kind that is not rolled out; what it gives throws KubectlError where a rollout cannot come to its end */
export const statusOf = (kind: string): ((object: never, revision: number) => RolloutStatus) | undefined =>
  ({ Deployment: ofDeployment, DaemonSet: ofDaemonSet, StatefulSet: ofStatefulSet })[kind]
