import { expect, test } from 'vitest'
import type { ContainerStatus, Pod } from '../../schema/kubernetes.generated.js'
import { podRestarts, podSummary } from './pod-summary.js'

const NOW_MS = Date.parse('2026-01-01T00:02:00Z')
const lastState = { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:00:00Z' } }
const status = (name: string, fields: object) => ({ name, ready: false, restartCount: 0, ...fields }) as ContainerStatus
const failed = { state: { terminated: { exitCode: 1, reason: 'Error' } }, started: false }
const running = { state: { running: {} }, ready: true, started: true }

function pod(inits: [name: string, fields: object, spec?: object][], mains: object[], conditions: string[] = []): Pod {
  return {
    metadata: { name: 'pod' },
    spec: {
      initContainers: inits.map(([name, , spec]) => ({ name, ...spec })),
      containers: mains.map((_, index) => ({ name: `main-${index}` })),
    },
    status: {
      phase: 'Pending',
      initContainerStatuses: inits.map(([name, fields]) => status(name, fields)),
      containerStatuses: mains.map((fields, index) => status(`main-${index}`, fields)),
      conditions: conditions.map((type) => ({ type, status: 'True' })),
    },
  } as unknown as Pod
}
const sidecar = { restartPolicy: 'Always' }
const waiting = { state: { waiting: { reason: 'PodInitializing' } } }

test('an init container that fails counts its restarts, until the Pod is through with it', () => {
  const failing = pod([['one', { ...failed, restartCount: 4, lastState }]], [waiting])
  expect(podSummary(failing)).toMatchObject({ ready: '0/1', reason: 'Init:Error', restarts: 4 })
  expect(podRestarts(failing, NOW_MS)).toBe('4 (2m ago)')
  const done = { state: { terminated: { exitCode: 0 } }, restartCount: 4, lastState }
  expect(podSummary(pod([['one', done]], [running], ['Initialized']))).toMatchObject({ ready: '1/1', restarts: 0 })
})

test('a sidecar that fails in a running Pod is what the line tells of, unless a container has something to tell', () => {
  const broken = ['side', { ...failed, restartCount: 2, lastState }, sidecar] as [string, object, object]
  expect(podSummary(pod([broken], [running], ['Initialized']))).toMatchObject({ ready: '1/2', reason: 'Init:Error', restarts: 2 })
  const crash = { state: { waiting: { reason: 'CrashLoopBackOff' } }, restartCount: 3 }
  expect(podSummary(pod([broken], [crash], ['Initialized']))).toMatchObject({ reason: 'CrashLoopBackOff', restarts: 5 })
  expect(podSummary(pod([['side', running, sidecar]], [running]))).toMatchObject({ ready: '2/2', reason: 'Pending' })
})

test('a Pod that waits for its init containers says which', () => {
  expect(
    podSummary(
      pod(
        [
          ['one', running],
          ['two', waiting],
        ],
        [waiting],
      ),
    ).reason,
  ).toBe('Init:0/2')
  const done = { state: { terminated: { exitCode: 0 } } }
  expect(
    podSummary(
      pod(
        [
          ['one', done],
          ['two', waiting],
        ],
        [waiting],
      ),
    ).reason,
  ).toBe('Init:1/2')
})
