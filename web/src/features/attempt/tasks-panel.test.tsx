import { screen, within } from '@testing-library/react'
import type { AttemptTaskView, CheckResult } from '@wheelhouse/protocol'
import { expect, test, vi } from 'vitest'
import { attempt, attemptTask, checkResult, environment, lab, verdict } from '~/testing/fixtures'
import { answerWith, show } from '~/testing/render'
import { TasksPanel } from './tasks-panel'

const tasks = lab().tasks
const panel = (task: AttemptTaskView) => (
  <TasksPanel tasks={tasks} attempt={attempt({ tasks: [task] })} selected="roll-back" onSelect={vi.fn()} />
)
const judged = (checks: CheckResult[], over: Partial<AttemptTaskView> = {}) =>
  panel(attemptTask({ latest: verdict({ status: 'failed', points: 0, checks }), ...over }))
const wrong = (over: Partial<CheckResult>) =>
  checkResult({
    status: 'failed',
    points: 0,
    evidence: [
      {
        holds: false,
        subject: { key: 'subject.plain', values: { text: 'Deployment shop/web status.availableReplicas' } },
        expected: { key: 'expected.is', values: { value: 3 } },
        found: { key: 'found.value', values: { value: 1 } },
        seeWith: 'kubectl -n shop get deployment web',
      },
    ],
    ...over,
  })

test('a check that failed shows what was expected, what was found and how to see it, without a click', () => {
  show(judged([wrong({})]))
  const evidence = screen.getByRole('region', { name: 'Evidence for: Three replicas are available' })
  expect(within(evidence).getByText('Deployment shop/web status.availableReplicas')).toBeTruthy()
  expect(within(evidence).getByText('3')).toBeTruthy()
  expect(within(evidence).getByText('1')).toBeTruthy()
  expect(within(evidence).getByText('kubectl -n shop get deployment web')).toBeTruthy()
})

test('a check that passed keeps its evidence folded until it is asked for', async () => {
  const { person } = show(judged([wrong({ status: 'passed', points: 2 })]))
  expect(screen.queryByRole('region', { name: /Evidence/ })).toBeNull()
  await person.click(screen.getByRole('button', { name: /Three replicas are available/ }))
  expect(screen.getByRole('region', { name: /Evidence/ })).toBeTruthy()
})

test('wrong, not yet and our own fault are three different things in words', () => {
  show(
    judged([
      wrong({ check: 'replicas-available' }),
      wrong({ check: 'old-version-serves', status: 'not-yet' }),
      checkResult({ check: 'same-deployment', status: 'error', guard: true, error: 'TypeError: x' }),
    ]),
  )
  const line = (name: RegExp) => screen.getByRole('button', { name }).textContent
  expect(line(/Three replicas/)).toMatch(/^Not right: /)
  expect(line(/The old version serves/)).toMatch(/^Not yet: /)
  expect(line(/original one/)).toMatch(/^Could not be graded: /)
  expect(screen.getByText(/our fault and costs you nothing/)).toBeTruthy()
})

test('while checks run, those that are done show their result already', () => {
  show(panel(attemptTask({ checking: true, arriving: [checkResult({})] })))
  expect(screen.getByRole('button', { name: /Passed: Three replicas/ })).toBeTruthy()
  expect(screen.getByRole('button', { name: /Checking: The old version/ })).toBeTruthy()
})

test('a pass that was won before is kept, and said so', () => {
  show(judged([wrong({})], { passedAtMs: 1, bestPoints: 5 }))
  expect(screen.getByText(/You passed this task before/)).toBeTruthy()
  expect(screen.getByRole('tab', { name: /Bring the old version back.*Passed/ })).toBeTruthy()
})

test('the points are withheld where something broke that must stay whole', () => {
  const guard = checkResult({ check: 'same-deployment', guard: true, status: 'failed', points: 0, maxPoints: 0 })
  show(judged([checkResult({}), guard]))
  expect(screen.getByText(/points are withheld/)).toBeTruthy()
})

test('a task that is not set up yet cannot be checked', async () => {
  const asked = answerWith({})
  const { person } = show(panel(attemptTask({ setup: 'running' })))
  const button = screen.getByRole('button', { name: 'Check: Bring the old version back' })
  expect(button.getAttribute('aria-disabled')).toBe('true')
  await person.click(button)
  expect(asked).toEqual([])
})

test('a task that breaks something is started by the learner, who is told so before', async () => {
  const asked = answerWith({ 'POST /api/attempts/a1/tasks/roll-back/reset': { status: 202, body: attempt() } })
  const disruptive = tasks.map((task) => ({ ...task, disruptive: true }))
  const { person } = show(
    <TasksPanel
      tasks={disruptive}
      attempt={attempt({ tasks: [attemptTask({ setup: 'waiting' })] })}
      selected="roll-back"
      onSelect={vi.fn()}
    />,
  )
  expect(screen.getByText(/Breaks something on purpose/)).toBeTruthy()
  expect(screen.queryByRole('button', { name: /^Check/ })).toBeNull()
  await person.click(screen.getByRole('button', { name: 'Start the task: Bring the old version back' }))
  expect(asked.map(({ request }) => request)).toEqual(['POST /api/attempts/a1/tasks/roll-back/reset'])
})

test('a task whose setup failed says why and can be set up again', async () => {
  const asked = answerWith({ 'POST /api/attempts/a1/tasks/roll-back/reset': { status: 202, body: attempt() } })
  const { person } = show(panel(attemptTask({ setup: 'failed', setupError: { code: 'SETUP_FAILED', values: {} } })))
  await person.click(screen.getByRole('button', { name: 'Try again: Bring the old version back' }))
  expect(asked).toHaveLength(1)
})

test('a hint is asked for only after a yes', async () => {
  const asked = answerWith({
    'POST /api/attempts/a1/tasks/roll-back/reveals': { body: { reveal: 'hint-1', html: '<p>Look at the history.</p>' } },
  })
  const { person } = show(panel(attemptTask()))
  const open = async () => {
    await person.click(screen.getByRole('button', { name: 'Help' }))
    await person.click(screen.getByRole('menuitem', { name: 'Hint' }))
  }
  await open()
  await person.click(screen.getByRole('button', { name: 'Cancel' }))
  expect(asked).toEqual([])

  await open()
  await person.click(screen.getByRole('button', { name: 'Show it' }))
  expect(await screen.findByText('Look at the history.')).toBeTruthy()
  expect(asked).toEqual([
    { request: 'POST /api/attempts/a1/tasks/roll-back/reveals', body: { reveal: 'hint-1', language: 'en' } },
  ])
})

test('why a check could not be asked for is said', async () => {
  answerWith({
    'POST /api/attempts/a1/tasks/roll-back/checks': { status: 409, body: { code: 'ENVIRONMENT_NOT_READY', values: {} } },
  })
  const { person } = show(panel(attemptTask()))
  await person.click(screen.getByRole('button', { name: 'Check: Bring the old version back' }))
  expect(await screen.findByRole('alert')).toBeTruthy()
})

test('where there is no cluster nothing is checked, and the headline says why', async () => {
  const asked = answerWith({})
  const stopped = attempt({
    tasks: [attemptTask({ asked: false, latest: verdict({ status: 'failed', checks: [wrong({})] }) })],
    environment: environment({ phase: 'stopped', reason: 'idle' }),
  })
  const { person } = show(<TasksPanel tasks={tasks} attempt={stopped} selected="roll-back" onSelect={vi.fn()} />)
  expect(screen.getByText('Checks run once your environment is ready.')).toBeTruthy()
  await person.click(screen.getByRole('button', { name: 'Check: Bring the old version back' }))
  expect(asked).toEqual([])
})

test('on an engine that cannot run the lab no check is promised, and no task can be started', async () => {
  const asked = answerWith({})
  const disruptive = tasks.map((task) => ({ ...task, disruptive: true }))
  const before = attempt({ tasks: [attemptTask({ setup: 'waiting' })], environment: null })
  const { person } = show(<TasksPanel tasks={disruptive} attempt={before} unsupported selected="roll-back" onSelect={vi.fn()} />)
  expect(screen.getByText('This engine cannot run the lab, so nothing can be checked.')).toBeTruthy()
  await person.click(screen.getByRole('button', { name: 'Start the task: Bring the old version back' }))
  expect(asked).toEqual([])
})

test('on such an engine a reader who has begun nothing is promised no check either', () => {
  show(<TasksPanel tasks={tasks} attempt={undefined} unsupported selected="roll-back" onSelect={vi.fn()} />)
  expect(screen.getByText('This engine cannot run the lab, so nothing can be checked.')).toBeTruthy()
  expect(screen.queryByText('Checks run once your environment is ready.')).toBeNull()
})
