/** What people do every day, with the kubectl of four minor versions. */
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ran, type Stage, smokeStage } from './stage.js'
import { MINORS, toolFor } from './tools.js'

let stage: Stage
beforeAll(async () => {
  stage = await smokeStage()
})
afterAll(() => stage.close())

const manifest = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - {name: web, image: "nginx:1.27", ports: [{containerPort: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 8080, targetPort: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: box}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: box
      image: busybox:1.37
      command: [sh, -c, "echo started; exec cat"]
      stdin: true
`

describe.each(MINORS)('kubectl 1.%s', (minor) => {
  const program = toolFor('kubectl', minor)
  const namespace = `k${minor}`
  const words = (line: string) => (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'|'$/g, ''))
  const k = (line: string, input?: string | Buffer): Promise<string> =>
    stage.output(program ?? '', ['-n', namespace, ...words(line)], input)
  const attempt = (line: string): Promise<Ran> => stage.run(program ?? '', ['-n', namespace, ...words(line)])
  const start = (line: string) => stage.start(program ?? '', ['-n', namespace, ...words(line)])

  test.skipIf(program)('is not on this computer, and left out', () => expect(program).toBeUndefined())

  describe.skipIf(!program)('does', () => {
    beforeAll(async () => {
      await k(`create namespace ${namespace}`)
      await stage.write(`${namespace}.yaml`, manifest)
      expect(await k(`apply -f ${namespace}.yaml`)).toContain('deployment.apps/web created')
      await k('rollout status deployment/web --timeout=60s')
      await k('wait --for=condition=Ready pod/box --timeout=60s')
    })

    test('discovery, explain and raw paths', async () => {
      expect(await k('api-resources --sort-by=name')).toMatch(/^deployments +deploy +apps\/v1 +true +Deployment$/m)
      expect(await k('api-versions')).toContain('networking.k8s.io/v1\n')
      expect(await k('explain deployment.spec.strategy.rollingUpdate')).toContain('maxSurge')
      expect(await k('explain pod.spec.containers --recursive')).toContain('livenessProbe')
      expect(await k('get --raw /readyz?verbose')).toContain('readyz check passed')
      expect(await k('get --raw /livez')).toBe('ok')
      expect(await k('get --raw /metrics')).toMatch(/^apiserver_request_total\{/m)
      expect(JSON.parse(await k('version -o json'))).toMatchObject({ serverVersion: { major: '1', minor: '36' } })
    })

    test('apply again, diff, server-side apply and its conflict', async () => {
      expect(await k(`apply -f ${namespace}.yaml`)).toMatch(
        /deployment.apps\/web unchanged\nservice\/web unchanged\npod\/box unchanged/,
      )
      await stage.write(`${namespace}-b.yaml`, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shared}\ndata: {a: "1"}\n')
      expect(await k(`apply --server-side --field-manager=one -f ${namespace}-b.yaml`)).toBe(
        'configmap/shared serverside-applied\n',
      )
      await stage.write(`${namespace}-b.yaml`, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shared}\ndata: {a: "2"}\n')
      const conflict = await attempt(`apply --server-side --field-manager=two -f ${namespace}-b.yaml`)
      expect([conflict.code, conflict.stderr]).toEqual([1, expect.stringContaining('conflict with "one": .data.a')])
      await k(`apply --server-side --field-manager=two --force-conflicts -f ${namespace}-b.yaml`)
      await stage.write(`${namespace}-b.yaml`, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shared}\ndata: {a: "3"}\n')
      const diff = await attempt(`diff -f ${namespace}-b.yaml`)
      expect([diff.code, diff.stdout]).toEqual([1, expect.stringContaining('+  a: "3"')])
    })

    test('validation by the server: a field that is not known, and all problems at once', async () => {
      await stage.write(`${namespace}-c.yaml`, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\nspecs: {}\n')
      const unknown = await attempt(`apply -f ${namespace}-c.yaml`)
      expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('unknown field "specs"')])
      const replicas = await attempt('scale deployment/web --replicas=-1')
      expect(replicas.code).toBe(1)
    })

    test('create, get in its forms, label, annotate, patch in three ways, edit, replace, delete', async () => {
      await k('create configmap one --from-literal=a=1')
      await k('create secret generic hidden --from-literal=p=x')
      await k('create job once --image=busybox:1.37 -- true')
      expect(await k('get configmap one -o jsonpath={.data.a}')).toBe('1')
      expect(await k('get deploy,svc -o wide')).toMatch(/deployment.apps\/web +2\/2 +2 +2 +\S+ +web +nginx:1.27 +app=web/)
      expect(await k('get pods -l app=web -o name --chunk-size=1')).toMatch(/^pod\/web-\S+\npod\/web-\S+\n$/)
      expect(await k('get pods --field-selector=status.phase=Running,metadata.name=box --no-headers')).toMatch(
        /^box +1\/1 +Running/,
      )
      await k('label configmap one tier=front')
      await k('annotate configmap one note=x')
      await k(`patch configmap one --type=merge -p '{"data":{"b":"2"}}'`)
      await k(`patch configmap one --type=json -p '[{"op":"remove","path":"/data/a"}]'`)
      await k(
        `patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"A","value":"b"}]}]}}}}'`,
      )
      expect(JSON.parse(await k('get configmap one -o json'))).toMatchObject({
        data: { b: '2' },
        metadata: { labels: { tier: 'front' }, annotations: { note: 'x' } },
      })
      const yaml = (await k('get configmap one -o yaml')).replace('b: "2"', 'b: "3"')
      await k('replace -f -', yaml)
      expect(await k('get configmap one -o jsonpath={.data.b}')).toBe('3')
      await k('wait --for=condition=Complete job/once --timeout=60s')
      await k('delete configmap/one secret/hidden job/once')
      const gone = await attempt('get configmap one')
      expect(gone.stderr).toBe('Error from server (NotFound): configmaps "one" not found\n')
    })

    test('rollouts: a new image, history, undo, restart, scale', async () => {
      await k('set image deployment/web web=nginx:1.28')
      await k('rollout status deployment/web --timeout=60s')
      expect(await k('rollout history deployment/web')).toContain('REVISION')
      await k('rollout undo deployment/web')
      await k('rollout status deployment/web --timeout=60s')
      await k('scale deployment/web --replicas=1')
      await k('rollout status deployment/web --timeout=60s')
      expect(await k('describe deployment web')).toMatch(/Image: +nginx:1.27/)
    })

    test('exec: outputs, input, exit code', async () => {
      const ran = await attempt(`exec box -- sh -c 'echo out; echo err >&2; exit 3'`)
      expect(ran).toMatchObject({ code: 3, stdout: 'out\n', stderr: expect.stringContaining('err\n') })
      expect(await k('exec -i box -- wc -c', Buffer.alloc(300_000, 'x'))).toBe('300000\n')
    })

    test('cp both ways keeps every byte', async () => {
      const content = randomBytes(500_000)
      await writeFile(join(stage.folder, `there-${minor}`), content)
      await k(`cp there-${minor} box:/tmp/file`)
      await k(`cp box:/tmp/file back-${minor}`)
      expect((await readFile(join(stage.folder, `back-${minor}`))).equals(content)).toBe(true)
    })

    test('attach and logs -f see the same words', async () => {
      const logs = start('logs -f box')
      await logs.printed(/started/)
      const attached = start('attach -i box')
      // What is typed before the container is reached waits for it.
      attached.type('typed in\n')
      await attached.printed(/typed in/)
      await logs.printed(/typed in/)
      attached.stop()
      logs.stop()
      expect(await k('logs box --tail=1')).toBe('typed in\n')
    })

    test('debug beside a container, a copy to try things in, events, top', async () => {
      await k('debug box --image=busybox:1.37 -c look --attach=false -- echo seen')
      await k(
        'wait --for=jsonpath={.status.ephemeralContainerStatuses[0].state.terminated.reason}=Completed pod/box --timeout=60s',
      )
      expect(await k('logs box -c look')).toBe('seen\n')
      await k('debug box --copy-to=copy --container=box --attach=false -- sleep 1000')
      await k('wait --for=condition=Ready pod/copy --timeout=60s')
      expect(await k('get pod copy -o jsonpath={.spec.containers[0].command}')).toBe('["sleep","1000"]')
      await k('delete pod copy --now')
      expect(await k('events --for pod/box')).toMatch(/Normal +Started +Pod\/box/)
      // A container has figures once it was measured twice, as with a metrics server.
      let measured = await attempt('top pod box --containers')
      while (measured.code !== 0) measured = await attempt('top pod box --containers')
      expect(measured.stdout).toMatch(/^box +box +\d+m +\d+Mi/m)
      expect(await k('top nodes')).toMatch(/^node01 +\d+m +\d+% +\d+Mi +\d+%/m)
    })

    test.each(['pod', 'deployment', 'service'])('port-forward to a %s', async (kind) => {
      const name = kind === 'pod' ? (await k('get pods -l app=web -o jsonpath={.items[0].metadata.name}')).trim() : 'web'
      const forward = start(`port-forward ${kind}/${name} :${kind === 'service' ? 8080 : 80}`)
      const [, port] = await forward.printed(/Forwarding from 127\.0\.0\.1:(\d+) -> 80/)
      const answers = await Promise.all([1, 2, 3].map(() => fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.text())))
      expect(answers.every((answer) => answer.includes('Welcome to nginx!'))).toBe(true)
      forward.stop()
    })

    test('proxy leads to the API and to Services', async () => {
      const proxy = start('proxy --port=0')
      const [, port] = await proxy.printed(/Starting to serve on 127\.0\.0\.1:(\d+)/)
      const api = await fetch(`http://127.0.0.1:${port}/api/v1/namespaces/${namespace}/pods/box`)
      expect(await api.json()).toMatchObject({ kind: 'Pod', metadata: { name: 'box' } })
      const page = await fetch(`http://127.0.0.1:${port}/api/v1/namespaces/${namespace}/services/web:8080/proxy/`)
      expect(await page.text()).toContain('Welcome to nginx!')
      proxy.stop()
    })

    test('watches', async () => {
      const watch = start('get configmaps -w -o name')
      await watch.printed(/kube-root-ca.crt/)
      await k('create configmap seen')
      await watch.printed(/configmap\/seen/)
      watch.stop()
    })

    test('access: can-i, its list, whoami, impersonation', async () => {
      expect(await k('auth can-i delete pods')).toBe('yes\n')
      expect((await attempt('auth can-i list secrets --as=nobody')).stdout).toBe('no\n')
      expect(await k('auth can-i --list --as=nobody')).toContain('selfsubjectaccessreviews.authorization.k8s.io')
      if (minor !== '27') expect(await k('auth whoami')).toContain('kubernetes-admin')
      const refused = await attempt('get pods --as=nobody')
      expect(refused.stderr).toContain('User "nobody" cannot list resource "pods" in API group ""')
    })
  })
})
