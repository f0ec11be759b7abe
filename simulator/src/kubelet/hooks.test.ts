import { describe, expect, test } from 'vitest'
import { clusterOfFile, shell } from '../controllers/testing.js'

const live = clusterOfFile()

const pod = (name: string, spec: object) => live.create('Pod', name, { spec: { terminationGracePeriodSeconds: 5, ...spec } })
const sh = (line: string) => ({ exec: { command: ['sh', '-c', line] } })
const statuses = async (name: string) =>
  Object.fromEntries(((await live.get('Pod', name)).status?.containerStatuses ?? []).map((each) => [each.name, each]))
const reasons = async (name: string) => (await live.events(name)).map((line) => line.split(' ')[1])

describe('a hook after the start', () => {
  test('keeps its container waiting, its probes silent and the containers after it from starting', async () => {
    const readinessProbe = { exec: { command: ['false'] }, periodSeconds: 1 }
    await pod('slow', {
      containers: [
        shell('sleep infinity', { lifecycle: { postStart: sh('sleep 10') }, readinessProbe }),
        shell('sleep infinity', { name: 'next' }),
      ],
    })
    await live.pass(8)
    const before = await statuses('slow')
    expect(before.main?.state).toEqual({ waiting: { reason: 'ContainerCreating' } })
    expect(before.next?.state).toEqual({ waiting: { reason: 'ContainerCreating' } })
    expect((await live.get('Pod', 'slow')).status?.phase).toBe('Pending')
    expect(await reasons('slow')).toEqual(['Scheduled', 'Pulled', 'Created', 'Started'])
    await live.pass(5)
    const after = await statuses('slow')
    expect(after.main?.state).toHaveProperty('running')
    expect(after.next?.state).toHaveProperty('running')
    expect(await reasons('slow')).toContain('Unhealthy')
  })

  test('that fails ends its container, whose state says why', async () => {
    await pod('failing', {
      containers: [shell('sleep infinity', { lifecycle: { postStart: sh('echo oh; echo no >&2; exit 5') } })],
    })
    await live.pass(8)
    const { main } = await statuses('failing')
    const { uid } = (await live.get('Pod', 'failing')).metadata
    expect((await live.events('failing')).slice(3, 6)).toEqual([
      'Normal Started Container started',
      'Warning FailedPostStartHook PostStartHook failed',
      'Normal Killing FailedPostStartHook',
    ])
    const command = 'sh -c echo oh; echo no >&2; exit 5'
    expect(main?.lastState?.terminated).toMatchObject({ exitCode: 137, reason: 'Error' })
    await live.pass(3)
    const seen = [main?.state, (await statuses('failing')).main?.state]
    expect(seen).toContainEqual({
      waiting: {
        reason: 'PostStartHookError',
        message: `Exec lifecycle hook ([${command}]) for Container "main" in Pod "failing_default(${uid})" failed - error: command '${command}' exited with 5: no\n, message: "oh\\nno\\n"`,
      },
    })
  })

  test('over HTTP is content with any answer, and not with none', async () => {
    const server = 'mkdir /www; httpd -f -p 8080 -h /www'
    const get = (port: number | string) => ({ postStart: { httpGet: { path: '/missing', port } } })
    // The server has a moment before it is asked.
    const serving = shell(server, { lifecycle: { postStart: sh('sleep 1') } })
    await pod('answered', { containers: [serving, shell('sleep infinity', { name: 'asks', lifecycle: get(8080) })] })
    await pod('refused', { restartPolicy: 'Never', containers: [shell('sleep infinity', { lifecycle: get(81) })] })
    await pod('misnamed', { containers: [shell('sleep infinity', { lifecycle: get('web') })] })
    await live.pass(9)
    expect((await statuses('answered')).asks?.state).toHaveProperty('running')
    expect(await reasons('answered')).not.toContain('FailedPostStartHook')
    expect(await reasons('refused')).toContain('FailedPostStartHook')
    const { waiting } = (await statuses('misnamed')).main?.state ?? {}
    expect(waiting?.message ?? '').toContain('failed - error: strconv.Atoi: parsing "web": invalid syntax')
  })
})

describe('a Pod that is deleted while a hook after a start runs', () => {
  const hooked = (line: string) => [
    shell('sleep infinity', { lifecycle: { postStart: sh(line) } }),
    shell('sleep infinity', { name: 'next' }),
  ]

  test('ends when the hook is through and the other containers have begun', async () => {
    await pod('hasty', { terminationGracePeriodSeconds: 2, containers: hooked('sleep 20') })
    await live.pass(3)
    await live.client.delete('Pod', 'default/hasty')
    await live.pass(10)
    expect(await reasons('hasty')).toEqual(['Scheduled', 'Pulled', 'Created', 'Started'])
    expect((await statuses('hasty')).main?.state).toEqual({ waiting: { reason: 'ContainerCreating' } })
    await live.pass(8)
    expect((await reasons('hasty')).slice(4)).toEqual(['Pulled', 'Created', 'Started', 'Killing', 'Killing'])
    await live.pass(3)
    expect(await live.names('Pod')).not.toContain('hasty')
  })

  test('ends where the hook fails', async () => {
    await pod('foiled', { terminationGracePeriodSeconds: 2, containers: hooked('sleep 10; exit 3').slice(0, 1) })
    await live.pass(3)
    await live.client.delete('Pod', 'default/foiled')
    await live.pass(15)
    expect((await reasons('foiled')).slice(4)).toEqual(['FailedPostStartHook', 'Killing'])
    expect(await live.names('Pod')).not.toContain('foiled')
  })
})

describe('a hook before the end', () => {
  test('is run when a probe gives its container up, and takes its time from the grace', async () => {
    const lifecycle = { preStop: sh('echo hook >> /log/said; sleep 3') }
    const livenessProbe = { exec: { command: ['test', '!', '-e', '/ill'] }, periodSeconds: 1, failureThreshold: 1 }
    await pod('given-up', {
      volumes: [{ name: 'log', emptyDir: {} }],
      containers: [
        shell('trap "echo term >> /log/said; exit 0" TERM; sleep infinity & wait', {
          lifecycle,
          livenessProbe,
          volumeMounts: [{ name: 'log', mountPath: '/log' }],
        }),
      ],
      restartPolicy: 'OnFailure',
    })
    await live.pass(3)
    await live.exec('given-up', 'touch /ill')
    await live.pass(2)
    expect(await live.exec('given-up', 'cat /log/said')).toBe('hook\n')
    await live.pass(5)
    expect(await live.exec('given-up', 'cat /log/said')).toBe('hook\nterm\n')
    // Started again though it ended well, as the kubelet ended it.
    expect((await statuses('given-up')).main).toMatchObject({ restartCount: 1, state: { running: {} } })
    expect(await live.events('given-up')).toContain('Normal Killing Container main failed liveness probe, will be restarted')
  })

  test('that fails is told of', async () => {
    await pod('careless', {
      containers: [shell('sleep infinity', { lifecycle: { preStop: { exec: { command: ['no-such'] } } } })],
    })
    await live.pass(3)
    await live.client.delete('Pod', 'default/careless')
    await live.pass(1)
    expect((await live.events('careless')).slice(-2)).toEqual([
      'Normal Killing Stopping container main',
      'Warning FailedPreStopHook PreStopHook failed',
    ])
    await live.pass(10)
  })
})

describe('a container', () => {
  test('of another image has the grace of its Pod before it is started again', async () => {
    await pod('changed', { containers: [shell('trap "sleep 2; exit 0" TERM; sleep infinity & wait')] })
    await live.pass(3)
    const [container] = (await live.get('Pod', 'changed')).spec.containers
    await live.client.patch('Pod', 'default/changed', { spec: { containers: [{ ...container, image: 'busybox:1.36' }] } })
    await live.pass(1)
    expect((await live.events('changed')).at(-1)).toBe('Normal Killing Container main definition changed, will be restarted')
    expect((await statuses('changed')).main).toMatchObject({ restartCount: 0, state: { running: {} } })
    await live.pass(15)
    expect((await statuses('changed')).main).toMatchObject({ restartCount: 1, state: { running: {} } })
  })

  test('whose grace is shortened while it ends is killed then', async () => {
    await pod('hurried', { terminationGracePeriodSeconds: 60, containers: [shell('trap "" TERM; while true; do sleep 1; done')] })
    await live.pass(3)
    await live.client.delete('Pod', 'default/hurried')
    await live.pass(5)
    await live.client.delete('Pod', 'default/hurried', { graceSeconds: 3 })
    await live.pass(2)
    expect(await live.names('Pod')).toContain('hurried')
    await live.pass(3)
    expect(await live.names('Pod')).not.toContain('hurried')
  })
})
