/** The life of a release, with the helm that belongs to each kubectl (3.12, 3.17, 4.1 and 4.2). */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stage, smokeStage } from './stage.js'
import { MINORS, toolFor } from './tools.js'

const chart: Record<string, string> = {
  'Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\nappVersion: "1"\n',
  'values.yaml': 'replicas: 1\ntag: "1.27"\n',
  'crds/flavour.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: flavours.shop.example.com}
spec:
  group: shop.example.com
  scope: Namespaced
  names: {plural: flavours, singular: flavour, kind: Flavour}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {sweet: {type: boolean}}}}}}
`,
  'templates/all.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}, labels: {app: {{ .Release.Name }}}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec: {containers: [{name: web, image: "nginx:{{ .Values.tag }}"}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-about}
data:
  version: {{ .Capabilities.KubeVersion.Version }}
  revision: {{ .Release.Revision | quote }}
  pods: {{ (lookup "v1" "Pod" "kube-system" "").items | len | quote }}
---
apiVersion: shop.example.com/v1
kind: Flavour
metadata: {name: {{ .Release.Name }}}
spec: {sweet: true}
`,
  'templates/hook.yaml': `apiVersion: batch/v1
kind: Job
metadata: {name: {{ .Release.Name }}-before, annotations: {helm.sh/hook: pre-install, helm.sh/hook-delete-policy: hook-succeeded}}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: "busybox:1.37", command: ["true"]}]}}}
`,
}

let stage: Stage
beforeAll(async () => {
  stage = await smokeStage()
  for (const [name, content] of Object.entries(chart)) {
    await mkdir(join(stage.folder, 'shop', name, '..'), { recursive: true })
    await writeFile(join(stage.folder, 'shop', name), content)
  }
})
afterAll(() => stage.close())

describe.each(MINORS)('the helm of kubectl 1.%s', (minor) => {
  const program = toolFor('helm', minor)
  const namespace = `h${minor}`
  const helm = (line: string) => stage.output(program ?? '', ['-n', namespace, ...line.split(' ')])
  const client = () => stage.cluster.client()

  test.skipIf(program)('is not on this computer, and left out', () => expect(program).toBeUndefined())

  test.skipIf(!program)('installs, upgrades, rolls back, lists and uninstalls', async () => {
    expect(await helm('install shop ./shop --create-namespace --wait --timeout 60s')).toContain('STATUS: deployed')
    const about = await client().get('ConfigMap', `${namespace}/shop-about`)
    expect(about.data).toMatchObject({ version: 'v1.36.2', revision: '1' })
    expect(Number(about.data?.pods)).toBeGreaterThan(5)
    await helm('upgrade shop ./shop --set replicas=2 --set tag=1.28 --wait --timeout 60s')
    expect((await client().get('Deployment', `${namespace}/shop`)).status).toMatchObject({ readyReplicas: 2, updatedReplicas: 2 })
    await helm('rollback shop 1 --wait --timeout 60s')
    const back = await client().get('Deployment', `${namespace}/shop`)
    expect([back.spec.replicas, back.spec.template.spec?.containers[0]?.image]).toEqual([1, 'nginx:1.27'])
    expect(JSON.parse(await helm('list -o json'))).toMatchObject([{ name: 'shop', revision: '3', status: 'deployed' }])
    expect(JSON.parse(await helm('history shop -o json'))).toHaveLength(3)
    expect(await helm('get manifest shop')).toContain('kind: Flavour')
    await helm('uninstall shop --wait --timeout 60s')
    await expect(client().get('Deployment', `${namespace}/shop`)).rejects.toMatchObject({ code: 404 })
  })
})
