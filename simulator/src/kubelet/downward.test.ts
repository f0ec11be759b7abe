import { describe, expect, test } from 'vitest'
import { clusterOfFile, shell } from '../controllers/testing.js'

const live = clusterOfFile()

const resource = (name: string, reference: object) => ({ name, valueFrom: { resourceFieldRef: reference } })
const state = async (name: string) => (await live.get('Pod', name)).status?.containerStatuses?.[0]?.state

describe('the resources of a container as variables', () => {
  test('are divided and rounded up; only limits default, to what there is', async () => {
    const resources = { requests: { cpu: '250m' }, limits: { memory: '100Mi' } }
    const env = [
      resource('CPU', { resource: 'requests.cpu' }),
      resource('MILLI', { resource: 'requests.cpu', divisor: '1m' }),
      resource('MIB', { resource: 'limits.memory', divisor: '1Mi' }),
      resource('GIB', { resource: 'limits.memory', divisor: '1Gi' }),
      resource('NODE_CPU', { resource: 'limits.cpu' }),
      resource('DISK', { resource: 'limits.ephemeral-storage', divisor: '1Gi' }),
      resource('NONE', { resource: 'requests.ephemeral-storage' }),
      resource('HUGE', { resource: 'limits.hugepages-2Mi' }),
      resource('INIT', { resource: 'limits.cpu', containerName: 'before' }),
    ]
    const initContainers = [shell('true', { name: 'before' })]
    await live.create('Pod', 'sized', { spec: { initContainers, containers: [shell('sleep infinity', { env, resources })] } })
    await live.pass(5)
    expect(await live.exec('sized', 'echo $CPU $MILLI $MIB $GIB $NODE_CPU $DISK $NONE $HUGE $INIT')).toBe(
      '1 250 100 1 4 100 0 0 0\n',
    )
  })

  test('words of a container refer to declared variables alone', async () => {
    const env = [
      { name: 'NAME', value: 'it' },
      { name: 'GREETING', value: 'hi $(NAME) $(PATH) $$(NAME)' },
    ]
    const command = ['sh', '-c', 'echo "$GREETING"; echo "$0"; sleep infinity', 'at $(HOSTNAME) $(NAME)']
    await live.create('Pod', 'worded', { spec: { containers: [shell('', { command, env })] } })
    await live.pass(3)
    const { status } = await live.get('Pod', 'worded')
    expect(status?.phase).toBe('Running')
    expect(await live.exec('worded', 'tr "\\0" "\\n" < /proc/1/cmdline | tail -1')).toBe('at $(HOSTNAME) it\n')
    expect(await live.exec('worded', 'echo "$GREETING"')).toBe('hi it $(PATH) $(NAME)\n')
  })

  test('a path of a volume wants variables that say something', async () => {
    const volumeMounts = [{ name: 'data', mountPath: '/data', subPathExpr: '$(NONE)/$(EMPTY)' }]
    const env = [{ name: 'EMPTY', value: '' }]
    const containers = [shell('sleep infinity', { volumeMounts, env })]
    await live.create('Pod', 'pathless', { spec: { volumes: [{ name: 'data', emptyDir: {} }], containers } })
    await live.pass(3)
    expect(await state('pathless')).toEqual({
      waiting: { reason: 'CreateContainerConfigError', message: 'missing value for EMPTY, NONE' },
    })
  })
})

describe('the volume of the downward API', () => {
  const items = [
    { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
    { path: 'cpu', resourceFieldRef: { containerName: 'main', resource: 'requests.cpu', divisor: '1m' } },
  ]

  test('lists labels by their keys and follows what changes, sizes too', async () => {
    const labels = { app: 'shown', 'app.kubernetes.io/name': 'shown' }
    const volumes = [{ name: 'self', downwardAPI: { items } }]
    const resources = { requests: { cpu: '100m' } }
    const containers = [shell('sleep infinity', { resources, volumeMounts: [{ name: 'self', mountPath: '/self' }] })]
    await live.client.create('Pod', {
      metadata: { name: 'shown', namespace: 'default', labels },
      spec: { volumes, containers },
    } as never)
    await live.pass(3)
    expect(await live.exec('shown', 'cat /self/labels')).toBe('app="shown"\napp.kubernetes.io/name="shown"')
    expect(await live.exec('shown', 'cat /self/cpu')).toBe('100')
    const { spec } = await live.get('Pod', 'shown')
    const larger = spec.containers.map((each) => ({ ...each, resources: { requests: { cpu: '300m' } } }))
    await live.client.patch('Pod', 'default/shown', { spec: { containers: larger } }, { subresource: 'resize' })
    await live.client.patch('Pod', 'default/shown', { metadata: { labels: { tier: 'back' } } })
    await live.pass(2)
    expect(await live.exec('shown', 'cat /self/labels; echo; cat /self/cpu')).toBe(
      'app="shown"\napp.kubernetes.io/name="shown"\ntier="back"\n300',
    )
  })

  test('a projected volume tells of all that it lacks', async () => {
    const sources = [
      { configMap: { name: 'settings' } },
      { secret: { name: 'keys' } },
      { downwardAPI: { items: [{ path: 'cpu', resourceFieldRef: { containerName: 'other', resource: 'limits.cpu' } }] } },
    ]
    const containers = [shell('sleep infinity', { volumeMounts: [{ name: 'all', mountPath: '/all' }] })]
    await live.create('Pod', 'lacking', { spec: { volumes: [{ name: 'all', projected: { sources } }], containers } })
    await live.pass(3)
    expect((await live.events('lacking')).at(-1)).toBe(
      'Warning FailedMount MountVolume.SetUp failed for volume "all" : [configmap "settings" not found, secret "keys" not found, container other not found]',
    )
  })
})
