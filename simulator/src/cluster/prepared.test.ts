import { createPrivateKey, createPublicKey } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { transportFor } from '../listener/testing-transport.js'
import type { KubeObject } from '../objects/object.js'
import { ManualClock } from '../time/clock.js'
import { ADMINISTRATOR, SimulatedCluster } from './cluster.js'
import { settled } from './prepared.js'

const shape = { controlPlanes: 1, workers: 1 } as const
const images = ['nginx:1.28']
/** A day later, so that every time of the prepared state has to move. */
const clock = new ManualClock(Math.floor(Date.now() / 1000) * 1000 + 86_400_000)
const errors: unknown[] = []
let cluster: SimulatedCluster
let prepared: Awaited<ReturnType<typeof stateOf>>

const stateOf = async (of: SimulatedCluster) => new Map(Object.entries(of.store.checkpoint().objects))
const all = (state: Map<string, [string, KubeObject][]>) => [...state.values()].flat().map(([, object]) => object)

beforeAll(async () => {
  await SimulatedCluster.prepare(shape)
  cluster = await SimulatedCluster.create({ shape, images, clock, onError: (where, error) => errors.push([where, error]) })
  prepared = await stateOf(cluster)
  await cluster.started
  await clock.advance(2_000)
}, 60_000)
afterAll(async () => {
  await cluster.close()
  expect(errors).toEqual([])
})

test('a new cluster of a prepared shape has its Pods running from the start', async () => {
  const pods = (prepared.get('pods') ?? []).map(([, pod]) => pod as unknown as { status: { phase: string } })
  expect(pods.length).toBeGreaterThanOrEqual(10)
  expect(pods.map((pod) => pod.status.phase)).toEqual(pods.map(() => 'Running'))
})

test('its times are those of a cluster that was made just now', () => {
  const times = JSON.stringify(all(prepared)).match(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z/g) ?? []
  const earliest = clock.now() - 60_000
  expect(times.length).toBeGreaterThan(300)
  expect(times.filter((time) => Date.parse(time) < earliest || Date.parse(time) > clock.now())).toEqual([])
})

test('it knows its own authority alone', () => {
  const certificates = new Set(JSON.stringify(all(prepared)).match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/g))
  expect([...certificates].map((text) => JSON.parse(`"${text}\\n"`))).toEqual([cluster.authority.caPem])
})

test('its nodes say that they hold its images', async () => {
  const node = await cluster.client().get('Node', 'node01')
  expect(node.status?.images).toEqual([{ names: images, sizeBytes: 0 }])
})

test('its kubelets take the running containers up and tell nothing of them again', async () => {
  const { items } = await cluster.client().list('Pod')
  const before = new Map(prepared.get('pods'))
  for (const pod of items) expect(pod).toEqual(before.get(`${pod.metadata.namespace}/${pod.metadata.name}`))
  const known = new Set((prepared.get('events') ?? []).map(([key]) => key))
  const { items: events } = await cluster.client().list('Event')
  const later = events.filter(({ metadata }) => !known.has(`${metadata.namespace}/${metadata.name}`))
  // As on a real one, whose controller manager has just started.
  expect(later.map(({ reason }) => reason)).toEqual(['RegisteredNode', 'RegisteredNode'])
})

test('a Deployment runs on it as on any other', async () => {
  const labels = { app: 'web' }
  const spec = { replicas: 2, selector: { matchLabels: labels } }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'nginx:1.28' }] } }
  const metadata = { name: 'web', namespace: 'default' }
  await cluster.client().create('Deployment', { metadata, spec: { ...spec, template } } as never)
  await clock.advance(2_000)
  expect((await cluster.client().get('Deployment', 'default/web')).status?.availableReplicas).toBe(2)
})

test('who asks for the log of a container before anything runs has it once the kubelets are there', async () => {
  const early = await SimulatedCluster.create({ shape })
  expect(early.hasNodes).toBe(true)
  const { port } = await early.listen()
  const { send, close } = transportFor(await early.kubeconfig(`https://127.0.0.1:${port}`))
  try {
    const pod = (prepared.get('pods') ?? []).find(([key]) => key.startsWith('kube-system/coredns-'))?.[1]
    const path = `/api/v1/namespaces/kube-system/pods/${pod?.metadata.name}/log`
    const { status, body } = await send({ method: 'GET', path, headers: {} })
    const chunks: Uint8Array[] = []
    for await (const chunk of body) chunks.push(chunk)
    expect([status, Buffer.concat(chunks).toString()]).toEqual([200, expect.stringContaining('CoreDNS')])
  } finally {
    close()
    await early.close()
  }
})

test('two clusters share neither keys nor authority, made ahead or not', async () => {
  const [one, two] = await Promise.all([SimulatedCluster.create({ shape }), SimulatedCluster.create({ shape })])
  try {
    const admin = { name: 'kubernetes-admin', groups: ['kubeadm:cluster-admins'] }
    const pairs = [await one.issue(admin), await one.issue(admin), await two.issue(admin)]
    expect(new Set(pairs.map(({ keyPem }) => keyPem)).size).toBe(3)
    for (const { keyPem, certificatePem } of pairs) {
      const ofKey = createPublicKey(createPrivateKey(keyPem)).export({ type: 'spki', format: 'pem' })
      expect(createPublicKey(certificatePem).export({ type: 'spki', format: 'pem' })).toEqual(ofKey)
    }
    expect(one.authority.caPem).not.toBe(two.authority.caPem)
  } finally {
    await Promise.all([one.close(), two.close()])
  }
})

test('what is to be kept is the same over a restart, and nobody else has it', async () => {
  const keep = [ADMINISTRATOR]
  const [one, two] = [await SimulatedCluster.create({ shape, keep }), await SimulatedCluster.create({ shape, keep })]
  const from = JSON.parse(JSON.stringify(one.save()))
  const again = await SimulatedCluster.create({ shape, keep, from })
  try {
    const pairs = await Promise.all([one, one, again, two].map((cluster) => cluster.issue(ADMINISTRATOR)))
    expect(pairs[1]).toEqual(pairs[0])
    expect(pairs[2]).toEqual(pairs[0])
    expect(pairs[3]?.keyPem).not.toBe(pairs[0]?.keyPem)
    const other = { name: 'ada', groups: [] }
    expect(await again.issue(other)).not.toEqual(await again.issue(other))
  } finally {
    await Promise.all([one, two, again].map((cluster) => cluster.close()))
  }
})

test('what is kept is made anew before it ends', async () => {
  const keep = [ADMINISTRATOR]
  const old = new ManualClock(Date.parse('2026-01-01T00:00:00Z'))
  const one = await SimulatedCluster.create({ shape, keep, clock: old, apiOnly: true })
  const later = new ManualClock(Date.parse('2026-11-01T00:00:00Z'))
  const again = await SimulatedCluster.create({ shape, keep, clock: later, apiOnly: true, from: one.save() })
  expect((await again.issue(ADMINISTRATOR)).keyPem).not.toBe((await one.issue(ADMINISTRATOR)).keyPem)
  await Promise.all([one.close(), again.close()])
})

test('settled waits until nothing more is written', async () => {
  let [revision, looks] = [0, 0]
  await settled(() => {
    if (looks++ < 5) revision++
    return revision
  })
  expect(revision).toBe(5)
  expect(looks).toBeGreaterThan(5)
})
