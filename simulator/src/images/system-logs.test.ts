import { expect, test } from 'vitest'
import type { Machine } from '../containers/process.js'
import { firstWords } from './system-logs.js'

const machine = {
  clock: { now: () => Date.UTC(2026, 1, 3, 4, 5, 6, 7) },
  network: { address: '172.30.0.2' },
} as unknown as Machine

test('the parts of the control plane say as they begin that they serve and lead', () => {
  expect(firstWords('kube-scheduler', machine).split('\n')).toEqual([
    'I0203 04:05:06.007000       1 server.go:178] "Starting Kubernetes Scheduler" version="v1.36.2"',
    'I0203 04:05:06.007000       1 secure_serving.go:214] Serving securely on 127.0.0.1:10259',
    'I0203 04:05:06.007000       1 leaderelection.go:258] "Attempting to acquire leader lease..." lock="kube-system/kube-scheduler"',
    'I0203 04:05:06.007000       1 leaderelection.go:272] "Successfully acquired lease" lock="kube-system/kube-scheduler"',
    '',
  ])
})

test('etcd logs JSON, a line each', () => {
  const lines = firstWords('etcd', machine).trimEnd().split('\n')
  const first: object = JSON.parse(lines[0] ?? '')
  expect(first).toMatchObject({ level: 'info', ts: '2026-02-03T04:05:06.007000Z', msg: 'Initialize and start etcd server' })
  expect(lines.at(-2)).toContain('"address":"172.30.0.2:2379"')
})

test('a pause says nothing', () => {
  expect(firstWords('pause', machine)).toBe('')
})
