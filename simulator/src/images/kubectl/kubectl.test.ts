import { afterAll, beforeAll, expect, test } from 'vitest'
import { type NetworkCluster, networkCluster } from '../../network/testing.js'
import { mayEdit } from './testing.js'

let net: NetworkCluster
beforeAll(async () => {
  net = await networkCluster()
  net.cluster.addImage('bitnami/kubectl:latest')
  const desk = { name: 'main', image: 'bitnami/kubectl', command: ['sleep', 'infinity'], imagePullPolicy: 'IfNotPresent' }
  await net.create('Pod', 'desk', { spec: { containers: [desk] } })
  const talker = { name: 'main', image: 'busybox:1.37', command: ['sh', '-c', 'echo hello; sleep infinity'] }
  await net.client.create('Pod', {
    metadata: { name: 'talker', namespace: 'default', labels: { app: 'talker' } },
    spec: { containers: [talker] },
  } as never)
  await net.pass(3)
})
afterAll(async () => {
  await net.close()
  expect(net.errors).toEqual([])
})
const kubectl = async (words: string, before = '') => {
  const { stdout, stderr, code } = await net.run('desk', `${before}kubectl ${words}`, 1)
  return code === 0 ? `${stdout}${stderr}` : `${code} ${stderr}${stdout}`
}
test('without leave it is refused as the real one, and says what it may', async () => {
  expect(await kubectl('get pods')).toBe(
    '1 Error from server (Forbidden): pods is forbidden: User "system:serviceaccount:default:default" cannot list resource "pods" in API group "" in the namespace "default"\n',
  )
  expect(await kubectl('auth can-i list pods')).toBe('1 no\n')
  expect(await kubectl('get nonsense')).toBe('1 error: the server doesn\'t have a resource type "nonsense"\n')
  expect(await kubectl('explain pods')).toContain('has no command "explain"')
})

test('with leave it shows, writes and removes', async () => {
  await mayEdit(net)
  expect(await kubectl('auth can-i list pods')).toBe('yes\n')
  expect(await kubectl('get pods')).toMatch(
    /^NAME {5,}READY {3}STATUS {4}RESTARTS {3}AGE\ndesk {5,}1\/1 {5}Running {3}0 +\d+s\ntalker +1\/1 +Running/,
  )
  expect(await kubectl('get po -l app=talker -o name --no-headers')).toBe('pod/talker\n')
  expect(await kubectl("get pod talker -o jsonpath='{.status.phase} {.metadata.labels.app}'")).toBe('Running talker')
  expect(await kubectl('get pod talker -o yaml')).toMatch(/^apiVersion: v1\nkind: Pod\nmetadata:\n/)
  expect(await kubectl('logs talker')).toBe('hello\n')
  expect(await kubectl('get configmaps -l none=here')).toBe('No resources found in default namespace.\n')

  const map = 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: { name: note }\\ndata: { a: '
  const apply = (value: string) => kubectl('apply -f -', `printf '${map}${value} }\\n' | `)
  expect(await apply('one')).toBe('configmap/note created\n')
  expect(await apply('one')).toBe('configmap/note unchanged\n')
  expect(await apply('two')).toBe('configmap/note configured\n')
  expect(await kubectl('label configmap note team=blue')).toBe('configmap/note labeled\n')
  expect(await kubectl('annotate configmap/note why=because')).toBe('configmap/note annotated\n')
  expect(await kubectl('patch configmap note -p \'{"data":{"b":"c"}}\'')).toBe('configmap/note patched\n')
  const note = await net.client.get('ConfigMap', 'default/note')
  expect(note).toMatchObject({
    data: { a: 'two', b: 'c' },
    metadata: { labels: { team: 'blue' }, annotations: { why: 'because' } },
  })
  expect(await kubectl('delete configmap note')).toBe('configmap "note" deleted from default namespace\n')
  expect(await kubectl('delete configmap note')).toBe('1 Error from server (NotFound): configmaps "note" not found\n')
})

test("objects are made of words, and shown in columns of one's own", async () => {
  expect(await kubectl('create configmap words --from-literal=a=b --from-literal=c=d=e')).toBe('configmap/words created\n')
  expect(await net.client.get('ConfigMap', 'default/words')).toMatchObject({ data: { a: 'b', c: 'd=e' } })
  expect(await kubectl('create secret generic safe --from-literal=key=value')).toBe('secret/safe created\n')
  expect((await net.client.get('Secret', 'default/safe')).data).toEqual({ key: 'dmFsdWU=' })
  expect(
    await kubectl('create deployment shown --image=registry.k8s.io/nginx:1.28 --replicas=2 --dry-run=client -o yaml'),
  ).toMatch(/kind: Deployment[\s\S]*app: shown[\s\S]*name: nginx/)
  expect(await kubectl('run once --image=busybox:1.37 --restart=Never --env=A=1 --command -- sleep infinity')).toBe(
    'pod/once created\n',
  )
  await net.pass(2)
  expect((await net.client.get('Pod', 'default/once')).spec).toMatchObject({
    restartPolicy: 'Never',
    containers: [{ command: ['sleep', 'infinity'], env: [{ name: 'A', value: '1' }] }],
  })
  expect(await kubectl('get pod once -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[*].image')).toBe(
    'NAME   IMAGE\nonce   busybox:1.37\n',
  )
  expect(await kubectl('create role reader --verb=get,list --resource=pods')).toContain('(Forbidden)')
  expect(await kubectl('create widget one')).toContain('creates from -f FILE, or one of')
})

test('it tells who it is, and what it may', async () => {
  expect(await kubectl('auth whoami')).toMatch(
    /^ATTRIBUTE +VALUE\nUsername +system:serviceaccount:default:default\nUID +\S+\nGroups +\[system:serviceaccounts /,
  )
  const list = await kubectl('auth can-i --list')
  expect(list).toMatch(/^Resources +Non-Resource URLs +Resource Names +Verbs\n/)
  expect(list).toMatch(/\nselfsubjectreviews\.authentication\.k8s\.io +\[\] +\[\] +\[create\]\n/)
  expect(list).toMatch(/\n +\[\/healthz\] +\[\] +\[get\]\n/)
})

test('Deployments are scaled and started anew', async () => {
  const containers = [{ name: 'main', image: 'busybox:1.37', command: ['sleep', 'infinity'] }]
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers } }
  await net.create('Deployment', 'web', { spec: { selector: { matchLabels: { app: 'web' } }, template } })
  await net.pass(2)
  expect(await kubectl('scale deployment web --replicas=2')).toBe('deployment.apps/web scaled\n')
  expect(await kubectl('rollout restart deployment/web')).toBe('deployment.apps/web restarted\n')
  await net.pass(5)
  expect((await net.get('Deployment', 'web')).status).toMatchObject({ readyReplicas: 2, observedGeneration: 3 })
  expect(await kubectl('get deploy,rs --no-headers')).toMatch(/^deployment.apps\/web +2\/2/)
})

test('without the token there is no cluster', async () => {
  const bare = { name: 'main', image: 'bitnami/kubectl', command: ['sleep', 'infinity'], imagePullPolicy: 'IfNotPresent' }
  await net.create('Pod', 'bare', { spec: { automountServiceAccountToken: false, containers: [bare] } })
  await net.pass(2)
  expect(await net.run('bare', 'kubectl get pods', 1)).toMatchObject({
    code: 1,
    stderr: 'The connection to the server localhost:8080 was refused - did you specify the right host or port?\n',
  })
})

test('it runs commands in other Pods, with their output, input and end', async () => {
  expect(await kubectl('exec talker -- hostname')).toBe('talker\n')
  expect(await kubectl('exec -i talker -c main -- tr a-z A-Z', 'echo loud | ')).toBe('LOUD\n')
  expect(await kubectl("exec pod/talker -- sh -c 'echo bad >&2; exit 3'")).toBe('3 bad\ncommand terminated with exit code 3\n')
  expect(await kubectl('exec talker -c none -- true')).toContain('container none is not valid for pod talker')
  expect(await kubectl('exec talker hostname')).toContain('is not supported anymore')
})

test('marks are not overwritten unless one says so', async () => {
  expect(await kubectl('label pod talker team=blue')).toBe('pod/talker labeled\n')
  expect(await kubectl('label pod talker team=red')).toBe(
    "1 error: 'team' already has a value (blue), and --overwrite is false\n",
  )
  expect(await kubectl('label pod talker team=red --overwrite')).toBe('pod/talker labeled\n')
  expect(await kubectl('label pod talker team=red')).toBe('pod/talker not labeled\n')
  expect(await kubectl('label pod talker team-')).toBe('pod/talker unlabeled\n')
  expect(await kubectl('label pod talker team-')).toBe('label "team" not found.\npod/talker not labeled\n')
  await kubectl('annotate pod talker note=a')
  expect(await kubectl('annotate pod talker note=b')).toBe(
    "1 error: --overwrite is false but found the following declared annotation(s): 'note' already has a value (a)\n",
  )
})

test('whoever may scale alone, scales', async () => {
  const rbac = (resource: string) => {
    const found = net.cluster.server.context.resources.find('rbac.authorization.k8s.io', 'v1', resource)
    if (!found) throw new Error(`${resource} are not served`)
    return found
  }
  const metadata = { name: 'scaler', namespace: 'default' }
  const rules = [
    { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] },
    { apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['patch'] },
  ]
  await net.client.create(rbac('roles'), { metadata, rules } as never)
  await net.client.create(rbac('rolebindings'), {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'scaler' },
    subjects: [{ kind: 'ServiceAccount', name: 'scaler', namespace: 'default' }],
  } as never)
  await net.create('ServiceAccount', 'scaler', {})
  const desk = { name: 'main', image: 'bitnami/kubectl', command: ['sleep', 'infinity'], imagePullPolicy: 'IfNotPresent' }
  await net.create('Pod', 'scaler', { spec: { serviceAccountName: 'scaler', containers: [desk] } })
  await net.pass(2)
  const asScaler = async (words: string) => (await net.run('scaler', `kubectl ${words} 2>&1`, 1)).stdout
  expect(await asScaler('scale deployment web --replicas=1')).toBe('deployment.apps/web scaled\n')
  expect(await asScaler('scale deployment web --replicas=3 --current-replicas=2')).toContain('Expected replicas to be 2, was 1')
  expect(await asScaler('set image deployment/web main=busybox:1.36')).toContain('cannot patch resource "deployments"')
  expect((await net.get('Deployment', 'web')).spec?.replicas).toBe(1)
})

test('what has Pods is exposed, and stands for one of them', async () => {
  await net.pass(3)
  expect(await kubectl('expose deployment web --port=80 --target-port=8080 --type=NodePort')).toBe('service/web exposed\n')
  expect((await net.get('Service', 'web')).spec).toMatchObject({
    type: 'NodePort',
    selector: { app: 'web' },
    ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }],
  })
  expect(await kubectl('expose pod desk --port=80')).toBe(
    "1 error: couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed\n",
  )
  expect(await kubectl('expose pod talker')).toBe("1 error: couldn't find port via --port flag or introspection\n")
  expect(await kubectl('expose pod talker --port=53 --protocol=UDP --name=dns -l part=dns --dry-run=client -o yaml')).toMatch(
    /labels:\n {4}part: dns\n {2}name: dns[\s\S]*protocol: UDP[\s\S]*selector:\n {4}app: talker/,
  )
  const [pod] = await net.names('Pod', 'app=web')
  expect(await kubectl('exec deploy/web -- hostname')).toBe(`${pod}\n`)
  expect(await kubectl('exec svc/web -- hostname')).toBe(`${pod}\n`)
})

test('a flag that it does not know is refused, and it acts as whom one names', async () => {
  expect(await kubectl('get pods --sort-by=.metadata.name')).toBe(
    '1 error: the kubectl of the simulated image has no flag --sort-by for get\n',
  )
  expect(await kubectl('get pods --as=jane')).toContain('cannot impersonate resource "users"')
})

test('what changes is watched in the columns of what was there', async () => {
  const watching = net.run('desk', 'timeout 6 kubectl get pods -l app=seen -w', 8)
  await net.pass(1)
  const once = { name: 'main', image: 'busybox:1.37', command: ['sleep', '2'] }
  await net.client.create('Pod', {
    metadata: { name: 'seen', namespace: 'default', labels: { app: 'seen' } },
    spec: { restartPolicy: 'Never', containers: [once] },
  } as never)
  const lines = (await watching).stdout.split('\n')
  expect(lines[0]).toMatch(/^NAME +READY +STATUS +RESTARTS +AGE$/)
  const states = lines.slice(1, -1).map((line) => line.split(/ +/).slice(0, 3).join(' '))
  expect([...new Set(states)]).toEqual(['seen 0/1 Pending', 'seen 1/1 Running', 'seen 0/1 Completed'])
  expect(await kubectl('get pods,services -w')).toBe('1 error: you may only specify a single resource type\n')
  expect(await kubectl('get pods -w -o yaml')).toContain('watches tables alone')
})

test('whoever deletes waits until it is gone, unless told not to', async () => {
  const slow = { name: 'main', image: 'busybox:1.37', command: ['sh', '-c', 'trap "" TERM; while true; do sleep 1; done'] }
  for (const name of ['slow', 'slower'])
    await net.create('Pod', name, { spec: { terminationGracePeriodSeconds: 3, containers: [slow] } })
  await net.pass(2)
  const deleting = (words: string) => net.run('desk', `date +%s; kubectl delete pod ${words}; date +%s`, 6)
  const seconds = async (words: string) => {
    const [from, told, until] = (await deleting(words)).stdout.split('\n')
    expect(told).toMatch(/^pod "slow(er)?" deleted from default namespace$/)
    return Number(until) - Number(from)
  }
  expect(await seconds('slow')).toBeGreaterThanOrEqual(3)
  expect(await seconds('slower --wait=false')).toBe(0)
})

test('with -it the terminal is that of the other Pod', async () => {
  const screen: string[] = []
  const type: ((keys: Uint8Array) => unknown)[] = []
  const desk = await net.client.get('Pod', 'default/desk')
  const done = net.cluster.connections.exec(
    desk,
    { container: 'main', command: ['sh'], stdin: true, tty: true },
    {
      onInput: (listener) => void type.push(listener),
      onInputEnd: () => {},
      onResize: (listener) => listener({ columns: 100, rows: 30 }),
      stdout: (bytes) => void screen.push(Buffer.from(bytes).toString()),
      stderr: () => {},
      signal: new AbortController().signal,
    },
  )
  const enter = async (line: string) => {
    await net.pass(1)
    for (const listener of type) await listener(Buffer.from(`${line}\r`))
    await net.pass(1)
  }
  await enter('kubectl exec -it talker -- sh')
  await enter('hostname')
  await enter('vi /tmp/note')
  await enter(':q!')
  await enter('exit 7')
  await enter('echo back after $?; hostname')
  await enter('exit')
  expect(await done).toBe(0)
  const text = screen.join('')
  expect(text).toContain('\r\ntalker\r\n')
  // The last of thirty rows is the one in which vi tells of its file.
  expect(text).toContain('\x1b[30;1H')
  expect(text).toContain('command terminated with exit code 7')
  expect(text).toContain('back after 7\r\ndesk\r\n')
})
