import { describe, expect, test } from 'vitest'
import { clusterOfFile, shell } from '../controllers/testing.js'

const live = clusterOfFile()

const pod = (name: string, spec: object) => live.create('Pod', name, { spec })
const ENDS_LATE = 'trap "sleep 5; exit 0" TERM; while true; do sleep 1; done'
const ends = async (name: string) => {
  const { status } = await live.get('Pod', name)
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
  return Object.fromEntries(all.map((each) => [each.name, each.state?.terminated?.finishedAt]))
}

describe('a Pod that is deleted', () => {
  test('is told of all its containers at once; its sidecars end after what they serve, the last first', async () => {
    const sidecar = (name: string) => shell('trap "exit 0" TERM; while true; do sleep 1; done', { name, restartPolicy: 'Always' })
    await pod('ordered', {
      terminationGracePeriodSeconds: 30,
      initContainers: [sidecar('first'), sidecar('second')],
      containers: [shell(ENDS_LATE)],
    })
    await live.pass(10)
    await live.client.patch('Pod', 'default/ordered', { metadata: { finalizers: ['example.com/look'] } })
    const before = (await live.events('ordered')).length
    await live.client.delete('Pod', 'default/ordered')
    await live.pass(0.5)
    expect((await live.events('ordered')).slice(before)).toEqual([
      'Normal Killing Stopping container first',
      'Normal Killing Stopping container second',
      'Normal Killing Stopping container main',
    ])
    await live.pass(20)
    const { main, first, second } = await ends('ordered')
    expect(main && second && first && main <= second && second <= first).toBe(true)
    await live.client.patch('Pod', 'default/ordered', { metadata: { finalizers: null as never } })
    await live.pass(2)
  })

  test("has one grace for all: what is left of it is the sidecars'", async () => {
    const stubborn = 'trap "" TERM; while true; do sleep 1; done'
    await pod('stubborn', {
      terminationGracePeriodSeconds: 10,
      initContainers: [shell(stubborn, { name: 'side', restartPolicy: 'Always' })],
      containers: [shell(stubborn)],
    })
    await live.pass(10)
    await live.client.delete('Pod', 'default/stubborn')
    await live.pass(11)
    expect(await live.names('Pod')).toEqual(['stubborn'])
    await live.pass(3)
    expect(await live.names('Pod')).toEqual([])
  })
})

describe('a probe', () => {
  test('whose program is not in the image says nothing of the container', async () => {
    const probe = { exec: { command: ['no-such-program'] }, periodSeconds: 1, failureThreshold: 1 }
    await pod('probed', { containers: [shell('sleep infinity', { livenessProbe: probe })] })
    await live.pass(20)
    expect((await live.get('Pod', 'probed')).status?.containerStatuses?.[0]).toMatchObject({ restartCount: 0, ready: true })
    expect((await live.events('probed')).at(-1)).toMatch(
      /^Warning Unhealthy Liveness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container: failed to start exec "\w+": OCI runtime exec failed: exec failed: unable to start container process: exec: "no-such-program": executable file not found in \$PATH/,
    )
  })

  test('knows the variables of its container that have a value of their own', async () => {
    const env = [{ name: 'MARK', value: '/tmp/mark' }]
    const readinessProbe = { exec: { command: ['cat', '$(MARK)'] }, periodSeconds: 1 }
    await pod('expanded', { containers: [shell('touch /tmp/mark; sleep infinity', { env, readinessProbe })] })
    await live.pass(5)
    expect((await live.get('Pod', 'expanded')).status?.containerStatuses?.[0]?.ready).toBe(true)
  })
})

describe('what a container leaves in its termination file', () => {
  test('is read up to 4096 bytes', async () => {
    const fill = 'head -c 6000 /dev/zero | tr "\\0" x > /dev/termination-log'
    await pod('wordy', { restartPolicy: 'Never', containers: [shell(fill)] })
    await live.pass(5)
    const message = (await live.get('Pod', 'wordy')).status?.containerStatuses?.[0]?.state?.terminated?.message
    expect(message).toHaveLength(4096)
  })
})
