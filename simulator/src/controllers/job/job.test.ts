import { describe, expect, test } from 'vitest'
import type { Job } from '../../schema/kubernetes.generated.js'
import { clusterOfFile, template } from '../testing.js'

const live = clusterOfFile()

const create = (name: string, line: string, spec: object = {}, podSpec: object = {}) =>
  live.create('Job', name, { spec: { template: template(line, { restartPolicy: 'Never', ...podSpec }), ...spec } })
const podsOf = async (name: string) =>
  (await live.client.list('Pod', { namespace: 'default', labelSelector: `job-name=${name}` })).items
const conditions = (job: Job) => job.status?.conditions?.map((each) => `${each.type}=${each.status} ${each.reason}`)

describe('a Job', () => {
  test('completes when its Pods have succeeded, and each of them is counted once', async () => {
    await create('three', 'echo done', { completions: 3, parallelism: 2 })
    await live.pass(5)
    const job = await live.get('Job', 'three')
    expect(job.status).toMatchObject({ succeeded: 3, ready: 0, terminating: 0, uncountedTerminatedPods: {} })
    expect(job.status?.active).toBeUndefined()
    expect(conditions(job)).toEqual(['SuccessCriteriaMet=True CompletionsReached', 'Complete=True CompletionsReached'])
    expect(job.status?.completionTime).toBeDefined()
    const pods = await podsOf('three')
    expect(pods.map((pod) => [pod.status?.phase, pod.metadata.finalizers])).toEqual(pods.map(() => ['Succeeded', undefined]))
    const events = await live.events('three')
    expect(events.map((line) => line.replace(/three-.*/, 'three-'))).toEqual([
      ...Array(3).fill('Normal SuccessfulCreate Created pod: three-'),
      'Normal Completed Job completed',
    ])
  })

  test('replaces failed Pods later each time, and gives up at the back-off limit', async () => {
    await create('fails', 'exit 1', { backoffLimit: 2 })
    await live.pass(5)
    expect((await live.get('Job', 'fails')).status?.failed).toBe(1)
    await live.pass(10)
    expect((await live.get('Job', 'fails')).status?.failed).toBe(2)
    await live.pass(10)
    expect(await podsOf('fails')).toHaveLength(2)
    await live.pass(15)
    const job = await live.get('Job', 'fails')
    expect(job.status?.failed).toBe(3)
    expect(conditions(job)).toEqual(['FailureTarget=True BackoffLimitExceeded', 'Failed=True BackoffLimitExceeded'])
    expect((await live.events('fails')).at(-1)).toBe('Warning BackoffLimitExceeded Job has reached the specified backoff limit')
  })

  test('is stopped at its deadline', async () => {
    await create('slow', 'sleep infinity', { activeDeadlineSeconds: 30 })
    await live.pass(29)
    expect((await live.get('Job', 'slow')).status?.active).toBe(1)
    await live.pass(5)
    const job = await live.get('Job', 'slow')
    expect(conditions(job)).toEqual(['FailureTarget=True DeadlineExceeded', 'Failed=True DeadlineExceeded'])
    expect(await podsOf('slow')).toEqual([])
  })

  test('gives each index a Pod of its own, which knows its number', async () => {
    await create('indexed', 'echo $JOB_COMPLETION_INDEX $HOSTNAME', { completions: 3, parallelism: 3, completionMode: 'Indexed' })
    await live.pass(5)
    expect((await live.get('Job', 'indexed')).status).toMatchObject({ completedIndexes: '0-2', succeeded: 3 })
    const pods = await podsOf('indexed')
    expect(pods.map((pod) => pod.metadata.name.replace(/-[^-]*$/, '')).sort()).toEqual(['indexed-0', 'indexed-1', 'indexed-2'])
    expect(pods.map((pod) => pod.spec.hostname).sort()).toEqual(['indexed-0', 'indexed-1', 'indexed-2'])
  })

  test('fails an index after its own back-off limit and completes the others', async () => {
    const line = 'if [ "$JOB_COMPLETION_INDEX" = 1 ]; then exit 1; fi'
    await create('partly', line, { completions: 3, parallelism: 3, completionMode: 'Indexed', backoffLimitPerIndex: 1 })
    await live.pass(30)
    const job = await live.get('Job', 'partly')
    expect(job.status).toMatchObject({ completedIndexes: '0,2', failedIndexes: '1', succeeded: 2, failed: 2 })
    expect(conditions(job)).toEqual(['FailureTarget=True FailedIndexes', 'Failed=True FailedIndexes'])
  })

  test('fails at once on an exit code that its failure policy names, and ignores another', async () => {
    const rules = [{ action: 'FailJob', onExitCodes: { containerName: 'main', operator: 'In', values: [42] } }]
    await create('policy', 'exit 42', { podFailurePolicy: { rules } })
    await live.pass(5)
    const [pod] = await podsOf('policy')
    expect((await live.get('Job', 'policy')).status?.conditions?.[1]).toMatchObject({
      type: 'Failed',
      reason: 'PodFailurePolicy',
      message: `Container main for pod default/${pod?.metadata.name} failed with exit code 42 matching FailJob rule at index 0`,
    })
  })

  test('ends by its success policy and stops what still runs', async () => {
    const line = 'if [ "$JOB_COMPLETION_INDEX" = 0 ]; then exit 0; fi; sleep infinity'
    const successPolicy = { rules: [{ succeededIndexes: '0' }] }
    await create('leader', line, { completions: 3, parallelism: 3, completionMode: 'Indexed', successPolicy })
    await live.pass(5)
    const job = await live.get('Job', 'leader')
    expect(conditions(job)).toEqual(['SuccessCriteriaMet=True SuccessPolicy', 'Complete=True SuccessPolicy'])
    expect(job.status).toMatchObject({ succeeded: 1, completedIndexes: '0' })
  })

  test('runs nothing while it is suspended', async () => {
    await create('paused', 'sleep infinity', { suspend: true })
    await live.pass(2)
    expect(conditions(await live.get('Job', 'paused'))).toEqual(['Suspended=True JobSuspended'])
    expect(await podsOf('paused')).toEqual([])
    await live.client.patch('Job', 'default/paused', { spec: { suspend: false } })
    await live.pass(2)
    const job = await live.get('Job', 'paused')
    expect(job.status?.active).toBe(1)
    expect(conditions(job)).toEqual(['Suspended=False JobResumed'])
    await live.client.patch('Job', 'default/paused', { spec: { suspend: true } })
    await live.pass(2)
    expect(await podsOf('paused')).toEqual([])
  })

  test('goes some time after its end, with its Pods', async () => {
    await create('brief', 'true', { ttlSecondsAfterFinished: 20 })
    await live.pass(10)
    expect(conditions(await live.get('Job', 'brief'))?.at(-1)).toBe('Complete=True CompletionsReached')
    await live.pass(20)
    expect(await live.names('Job')).not.toContain('brief')
    expect(await podsOf('brief')).toEqual([])
  })

  test('takes its running Pods along when it is deleted, or leaves them without finalizers', async () => {
    await create('gone', 'sleep infinity')
    await create('orphaned', 'sleep infinity')
    await live.pass(2)
    await live.client.delete('Job', 'default/gone', { propagation: 'Background' })
    await live.client.delete('Job', 'default/orphaned', { propagation: 'Orphan' })
    await live.pass(5)
    expect(await podsOf('gone')).toEqual([])
    const [left] = await podsOf('orphaned')
    expect([left?.status?.phase, left?.metadata.finalizers, left?.metadata.ownerReferences]).toEqual([
      'Running',
      undefined,
      undefined,
    ])
  })

  test('restarts containers in place where its Pods may, up to the limit', async () => {
    await create('in-place', 'exit 1', { backoffLimit: 2 }, { restartPolicy: 'OnFailure' })
    await live.pass(60)
    expect(conditions(await live.get('Job', 'in-place'))?.at(-1)).toBe('Failed=True BackoffLimitExceeded')
  })
})
