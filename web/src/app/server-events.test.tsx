import { QueryClient } from '@tanstack/react-query'
import { act, screen } from '@testing-library/react'
import type { AttemptView, EnvironmentsView } from '@wheelhouse/protocol'
import { expect, test } from 'vitest'
import { attemptKey } from '~/features/attempt/attempt'
import { environmentsQuery } from '~/features/environment/environment'
import { NoticeList } from '~/features/notices/notice-list'
import { useSaysNotice } from '~/features/notices/notices'
import { attempt, environment, NOW_MS } from '~/testing/fixtures'
import { show } from '~/testing/render'
import { applyEvent } from './server-events'

const stopped = { phase: 'stopped', reason: 'idle' } as const

test('an environment that changes changes in its attempt and in the list', () => {
  const client = new QueryClient()
  client.setQueryData(attemptKey('a1'), attempt())
  client.setQueryData(environmentsQuery.queryKey, { environments: [environment({ phase: 'ready', idleDeadlineMs: null })] })

  applyEvent(client, { type: 'environment', environment: environment(stopped) })

  expect(client.getQueryData<AttemptView>(attemptKey('a1'))?.environment?.state).toEqual(stopped)
  expect(client.getQueryData<EnvironmentsView>(environmentsQuery.queryKey)?.environments.map(({ state }) => state)).toEqual([
    stopped,
  ])
})

test('an environment of another attempt leaves this one alone', () => {
  const client = new QueryClient()
  const before = attempt()
  client.setQueryData(attemptKey('a1'), before)
  applyEvent(client, { type: 'environment', environment: environment(stopped, { id: 'other' }) })
  expect(client.getQueryData(attemptKey('a1'))).toBe(before)
})

test('an attempt takes the place of the one before, also when its page was never opened here', () => {
  const client = new QueryClient()
  applyEvent(client, { type: 'attempt', attempt: attempt({ points: 5 }) })
  expect(client.getQueryData<AttemptView>(attemptKey('a1'))?.points).toBe(5)
})

test('points that change make the catalogue old', () => {
  const client = new QueryClient()
  client.setQueryData(['catalogue'], { chapters: [] })
  applyEvent(client, { type: 'attempt', attempt: attempt({ points: 5 }) })
  expect(client.getQueryState(['catalogue'])?.isInvalidated).toBe(true)
})

test('a line that comes back brings the time of the server and makes the lists old', () => {
  const client = new QueryClient()
  client.setQueryData(environmentsQuery.queryKey, { environments: [] })
  applyEvent(client, { type: 'hello', serverTimeMs: NOW_MS })
  expect(client.getQueryState(environmentsQuery.queryKey)?.isInvalidated).toBe(true)
})

test('an answer that was on its way when the event came does not bring the past back', async () => {
  const client = new QueryClient()
  let answer: (value: AttemptView) => void = () => {}
  const old = new Promise<AttemptView>((resolve) => {
    answer = resolve
  })
  const asking = client.fetchQuery({ queryKey: attemptKey('a1'), queryFn: () => old }).catch(() => 'cancelled')

  applyEvent(client, { type: 'attempt', attempt: attempt({ points: 5 }) })
  answer(attempt({ points: 0 }))
  await asking
  await old

  expect(client.getQueryState<AttemptView>(attemptKey('a1'))).toMatchObject({ data: { points: 5 }, fetchStatus: 'idle' })
})

const idleSoon = {
  type: 'notice',
  id: 'idle-env1',
  level: 'warning',
  text: { key: 'notice.idle-soon' },
  environment: 'env1',
} as const

test('a notice is there until the server takes it back, or a new line says what holds now', () => {
  const client = new QueryClient()
  show(<NoticeList placeOf={() => null} />)
  act(() => applyEvent(client, idleSoon))
  expect(screen.getByText(/Nothing has happened for a while/)).toBeTruthy()
  act(() => applyEvent(client, { type: 'notice-gone', id: 'idle-env1' }))
  expect(screen.queryByText(/Nothing has happened for a while/)).toBeNull()

  act(() => applyEvent(client, idleSoon))
  act(() => applyEvent(client, { type: 'hello', serverTimeMs: NOW_MS }))
  expect(screen.queryByText(/Nothing has happened for a while/)).toBeNull()
})

test('what the page says itself is not said in the corner again', () => {
  const client = new QueryClient()
  const Banner = () => {
    useSaysNotice('env1', 'notice.idle-soon')
    return null
  }
  const { again } = show(
    <>
      <NoticeList placeOf={() => null} />
      <Banner />
    </>,
  )
  act(() => applyEvent(client, idleSoon))
  expect(screen.queryByText(/Nothing has happened for a while/)).toBeNull()
  again(<NoticeList placeOf={() => null} />)
  expect(screen.getByText(/Nothing has happened for a while/)).toBeTruthy()
  act(() => applyEvent(client, { type: 'notice-gone', id: 'idle-env1' }))
})
