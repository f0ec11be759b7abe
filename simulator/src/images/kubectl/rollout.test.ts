import { afterAll, beforeAll, expect, test } from 'vitest'
import { type NetworkCluster, networkCluster } from '../../network/testing.js'
import { kubectlDesk } from './testing.js'

let net: NetworkCluster
let kubectl: (words: string, seconds?: number) => Promise<string>
const containers = [{ name: 'main', image: 'busybox:1.37', command: ['sleep', 'infinity'] }]
const workload = (app: string) => ({
  selector: { matchLabels: { app } },
  template: { metadata: { labels: { app } }, spec: { containers, terminationGracePeriodSeconds: 0 } },
})
beforeAll(async () => {
  net = await networkCluster()
  net.cluster.addImage('busybox:1.36')
  kubectl = await kubectlDesk(net)
  await net.create('Deployment', 'web', { spec: { ...workload('web'), replicas: 2 } })
  await net.create('DaemonSet', 'agent', { spec: workload('agent') })
  await net.create('StatefulSet', 'store', { spec: { ...workload('store'), serviceName: 'store' } })
  await net.pass(5)
})
afterAll(async () => {
  await net.close()
  expect(net.errors).toEqual([])
})

test('images are set, and the rollout is followed to its end', async () => {
  const lines = (await kubectl('set image deployment/web main=busybox:1.36; kubectl rollout status deployment web', 10)).split(
    '\n',
  )
  expect(lines[0]).toBe('deployment.apps/web image updated')
  expect(lines[1]).toMatch(/^Waiting for deployment/)
  expect(lines).toContain('Waiting for deployment "web" rollout to finish: 1 old replicas are pending termination...')
  expect(lines.at(-2)).toBe('deployment "web" successfully rolled out')
  expect(await kubectl('set image deployment/web main=busybox:1.36')).toBe('')
  expect(await kubectl('set image deployment/web other=busybox:1.36')).toBe('1 error: unable to find container named "other"\n')
  expect(await kubectl('rollout status ds/agent')).toBe('daemon set "agent" successfully rolled out\n')
  expect(await kubectl('rollout status sts store')).toBe('partitioned roll out complete: 1 new pods have been updated...\n')
  expect(await kubectl('rollout status pod/desk')).toBe('1 error: no status viewer has been implemented for core/v1, Kind=Pod\n')
})

test('a rollout that does not come to its end is waited for as long as one wants', async () => {
  await kubectl('set image deployment/web main=busybox:none')
  expect(await kubectl('rollout status deployment/web --timeout=5s', 6)).toMatch(
    /new replicas have been updated\.\.\.\nerror: timed out waiting for the condition\n$|^1 /,
  )
  expect(await kubectl('rollout status deployment/web --watch=false')).toMatch(/^Waiting for deployment "web" rollout to finish/)
})

test('revisions are listed, and come back', async () => {
  await kubectl('annotate deployment web kubernetes.io/change-cause=bad')
  await net.pass(1)
  expect(await kubectl('rollout history deployment web')).toBe(
    'deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n3         bad\n\n',
  )
  expect(await kubectl('rollout undo deployment/web')).toBe('deployment.apps/web rolled back\n')
  await net.pass(3)
  const web = await net.get('Deployment', 'web')
  expect(web.spec?.template.spec?.containers[0]?.image).toBe('busybox:1.36')
  expect(web.spec?.template.metadata?.labels).toEqual({ app: 'web' })
  expect(web.metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '4' })
  expect(web.metadata.annotations).not.toHaveProperty('kubernetes.io/change-cause')
  expect(await kubectl('rollout undo deployment/web --to-revision=4')).toBe(
    'deployment.apps/web skipped rollback (current template already matches revision 4)\n',
  )
  expect(await kubectl('rollout undo deployment/web --to-revision=9')).toBe(
    '1 error: unable to find specified revision 9 in history\n',
  )
  expect(await kubectl('rollout undo ds/agent')).toBe('1 error: no last revision to roll back to\n')
})

test('a StatefulSet and a DaemonSet go back too', async () => {
  for (const name of ['sts/store', 'ds/agent']) await kubectl(`set image ${name} main=busybox:1.36`)
  await net.pass(5)
  expect(await kubectl('rollout history ds agent')).toBe(
    'daemonset.apps/agent \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n\n',
  )
  expect(await kubectl('rollout undo ds/agent')).toBe('daemonset.apps/agent rolled back\n')
  expect(await kubectl('rollout undo statefulset store --to-revision=1')).toBe('statefulset.apps/store rolled back\n')
  await net.pass(5)
  expect((await net.get('DaemonSet', 'agent')).spec?.template.spec?.containers[0]?.image).toBe('busybox:1.37')
  expect((await net.get('StatefulSet', 'store')).spec?.template.spec?.containers[0]?.image).toBe('busybox:1.37')
})

test('a Deployment pauses and resumes', async () => {
  expect(await kubectl('rollout pause deployment/web')).toBe('deployment.apps/web paused\n')
  expect(await kubectl('rollout pause deployment/web')).toBe('1 error: deployments.apps "web" is already paused\n')
  expect(await kubectl('rollout undo deployment/web')).toContain(
    "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume'",
  )
  expect(await kubectl('rollout restart deployment/web')).toContain("can't restart paused deployment (run rollout resume first)")
  expect(await kubectl('rollout resume deployment/web')).toBe('deployment.apps/web resumed\n')
  expect(await kubectl('rollout resume ds/agent')).toBe('1 error: daemonsets.apps "agent" resuming is not supported\n')
})
