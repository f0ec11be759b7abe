import { screen, waitFor } from '@testing-library/react'
import type { CheckpointView } from '@wheelhouse/protocol'
import { expect, test, vi } from 'vitest'
import { answerWith, show } from '~/testing/render'
import { CheckpointsDialog } from './checkpoints-dialog'

const checkpoint = (over: Partial<CheckpointView>): CheckpointView => ({
  id: 'c1',
  takenAtMs: Date.now() - 300_000,
  kind: 'start',
  task: null,
  name: null,
  ...over,
})
const LIST = 'GET /api/environments/e1/checkpoints'
const titleOf = (task: string) => `the task ${task}`

function open(checkpoints: CheckpointView[], answers: Parameters<typeof answerWith>[0] = {}) {
  const asked = answerWith({ [LIST]: { body: { checkpoints } }, ...answers })
  const [onFork, onClose] = [vi.fn(), vi.fn()]
  const { person } = show(<CheckpointsDialog environment="e1" titleOf={titleOf} onFork={onFork} onClose={onClose} />)
  return { asked, onFork, onClose, person }
}

test('every kind of kept state says what it is', async () => {
  open([
    checkpoint({ id: '1', kind: 'named', name: 'mine' }),
    checkpoint({ id: '2', kind: 'before-return' }),
    checkpoint({ id: '3', kind: 'before-reset' }),
    checkpoint({ id: '4', kind: 'before-reset', task: 'greet' }),
    checkpoint({ id: '5', kind: 'solved', task: 'greet' }),
    checkpoint({ id: '6' }),
  ])
  await screen.findByText('mine')
  for (const text of [
    'Before going back',
    'Before the lab was reset',
    'Before “the task greet” was reset',
    'When “the task greet” was solved',
    'At the start of the lab',
  ])
    expect(screen.queryByText(text), text).not.toBeNull()
  expect(screen.queryAllByText('5 min ago')).toHaveLength(6)
})

test('going back closes the window; a copy leads to its own page', async () => {
  const { asked, onClose, onFork, person } = open([checkpoint({})], {
    'POST /api/environments/e1/checkpoints/c1/restore': { body: {} },
    'POST /api/environments/e1/checkpoints/c1/fork': { status: 202, body: { id: 'e2' } },
  })
  await person.click(await screen.findByRole('button', { name: 'Try in a copy: At the start of the lab' }))
  await waitFor(() => expect(onFork).toHaveBeenCalledWith('e2'))
  await person.click(await screen.findByRole('button', { name: 'Go back: At the start of the lab' }))
  await waitFor(() => expect(onClose).toHaveBeenCalled())
  expect(asked.map(({ request }) => request)).toContain('POST /api/environments/e1/checkpoints/c1/restore')
})

test('a state wants a name, and a refusal is told', async () => {
  const { asked, person } = open([], {
    'POST /api/environments/e1/checkpoints': { status: 409, body: { code: 'CHECKPOINTS_FULL', values: { limit: 10 } } },
  })
  await screen.findByText('Nothing has been kept yet.')
  const button = screen.getByRole<HTMLButtonElement>('button', { name: 'Keep this state' })
  expect(button.disabled).toBe(true)
  await person.type(screen.getByRole('textbox'), ' mine ')
  await person.click(button)
  await screen.findByText(/already keeps 10 states/)
  expect(asked.find(({ request }) => request.startsWith('POST'))?.body).toEqual({ name: 'mine' })
})
