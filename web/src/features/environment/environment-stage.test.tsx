import { screen, waitFor } from '@testing-library/react'
import type { EnvironmentState, Step } from '@wheelhouse/protocol'
import { describe, expect, test, vi } from 'vitest'
import { environment } from '~/testing/fixtures'
import { answerWith, show } from '~/testing/render'
import { EnvironmentStage } from './environment-stage'

const step = (name: string, status: Step['status'], over: Partial<Step> = {}): Step => ({
  name,
  title: { key: `step.${name}`, text: { en: `Step ${name}`, zh: name } },
  status,
  elapsedMs: 1_000,
  expectedMs: null,
  ...over,
})

const stage = (state: EnvironmentState, onRenew = () => {}) => (
  <EnvironmentStage environment={environment(state)} onRenew={onRenew}>
    <p>terminals</p>
  </EnvironmentStage>
)

test('a ready environment shows its terminals and nothing else', () => {
  show(stage({ phase: 'ready', idleDeadlineMs: null }))
  expect(screen.getByText('terminals')).toBeTruthy()
  expect(screen.queryByRole('heading')).toBeNull()
})

describe('every other state has its own words', () => {
  const states: [EnvironmentState, RegExp][] = [
    [{ phase: 'queued', position: 3, expectedMs: 90_000 }, /number 3 in the queue/],
    [{ phase: 'queued', position: 1, expectedMs: null }, /You are next/],
    [{ phase: 'provisioning', steps: [], startedAtMs: 0 }, /Building your cluster/],
    [{ phase: 'starting', steps: [], startedAtMs: 0 }, /Starting your cluster/],
    [{ phase: 'stopping', reason: 'learner' }, /Stopping/],
    [{ phase: 'stopped', reason: 'idle' }, /is stopped/],
    [{ phase: 'broken', why: 'container gone' }, /cannot come back/],
    [{ phase: 'deleting' }, /being deleted/],
    [{ phase: 'deleted' }, /no environment/],
  ]
  test.each(states)('%o', (state, words) => {
    show(stage(state))
    expect(screen.getByRole('heading', { name: words })).toBeTruthy()
    expect(screen.queryByText('terminals')).toBeNull()
  })
})

test('why an environment stopped is said', () => {
  show(stage({ phase: 'stopped', reason: 'disk' }))
  expect(screen.getByText(/ran out of disk space/)).toBeTruthy()
})

test.each([
  [{ phase: 'stopped', reason: 'idle' }, 'Start again', 'start'],
  [{ phase: 'broken', why: 'gone' }, 'Rebuild it', 'rebuild'],
  [{ phase: 'failed', error: { code: 'DISK_FULL', values: {} }, steps: [], leftovers: 'none' }, 'Try again', 'retry'],
] as [EnvironmentState, string, string][])('the way on from %o is %s', async (state, button, action) => {
  const asked = answerWith({ [`POST /api/environments/env1/${action}`]: { status: 202, body: environment(state) } })
  const { person } = show(stage(state))
  await person.click(screen.getByRole('button', { name: button }))
  await waitFor(() => expect(asked.map(({ request }) => request)).toEqual([`POST /api/environments/env1/${action}`]))
})

test('where the environment is gone, a new one is asked for', async () => {
  const renew = vi.fn()
  const { person } = show(stage({ phase: 'deleted' }, renew))
  await person.click(screen.getByRole('button', { name: 'Build a new one' }))
  expect(renew).toHaveBeenCalledOnce()
})

test('a failure shows the command, its output, what is left and the reference', () => {
  const error = {
    code: 'ENGINE_STEP_FAILED',
    values: { step: 'control-plane', command: 'kubeadm init' },
    detail: '$ kubeadm init\nno room',
    reference: '7F3K-2Q',
  } as const
  show(stage({ phase: 'failed', error, steps: [step('control-plane', 'failed', { log: 'a last line' })], leftovers: 'kept' }))
  expect(screen.getByText(/kubeadm init no room/)).toBeTruthy()
  expect(screen.getByText(/a last line/)).toBeTruthy()
  expect(screen.getByText(/7F3K-2Q/)).toBeTruthy()
  expect(screen.getByRole('link', { name: /Download the logs/ }).getAttribute('href')).toBe('/api/environments/env1/logs')
})

test('what an engine does not support is not offered again', () => {
  show(stage({ phase: 'failed', error: { code: 'ENGINE_UNSUPPORTED', values: {} }, steps: [], leftovers: 'none' }))
  expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull()
})

test('cancelling asks first', async () => {
  const state: EnvironmentState = { phase: 'provisioning', steps: [step('network', 'running')], startedAtMs: 0 }
  const asked = answerWith({ 'POST /api/environments/env1/cancel': { status: 202, body: environment(state) } })
  const { person } = show(stage(state))
  await person.click(screen.getByRole('button', { name: 'Cancel' }))
  await person.click(screen.getByRole('button', { name: 'Keep going' }))
  expect(asked).toEqual([])
  await person.click(screen.getByRole('button', { name: 'Cancel' }))
  await person.click(screen.getAllByRole('button', { name: 'Cancel' }).at(-1) as HTMLElement)
  await waitFor(() => expect(asked).toHaveLength(1))
})

test('a refusal of the server is shown with its remedy, and can be tried again', async () => {
  answerWith({
    'POST /api/environments/env1/start': {
      status: 503,
      body: { code: 'ENGINE_UNAVAILABLE', values: { engine: 'kind', why: 'no socket' } },
    },
  })
  const { person } = show(stage({ phase: 'stopped', reason: 'idle' }))
  await person.click(screen.getByRole('button', { name: 'Start again' }))
  expect((await screen.findByRole('alert')).textContent).toMatch(/kind.*no socket.*doctor/)
})
