import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { AttemptView, LabView } from '@wheelhouse/protocol'
import { useState } from 'react'
import { useDocumentTitle } from '~/components/page'
import { attemptQuery, useCheck } from '~/features/attempt/attempt'
import { SummaryDialog } from '~/features/attempt/summary-dialog'
import { TaskCard } from '~/features/attempt/task-card'
import { isReady } from '~/features/attempt/task-state'
import { TasksPanel } from '~/features/attempt/tasks-panel'
import { catalogueQuery, labAfter } from '~/features/catalogue/catalogue'
import { InstructionsPanel } from '~/features/instructions/instructions-panel'
import { rememberAttempt } from '~/features/instructions/lab'
import { openFirstAhead } from '~/features/terminal/first-terminal'
import { RunContext } from '~/lib/run-in-terminal'
import { useShortcuts } from '~/lib/shortcuts'
import { LabHeader } from './lab-header'
import { LabLayout, type Zone } from './lab-layout'
import { LabWorkplace } from './lab-workplace'
import { useLabStep } from './use-lab-step'
import { useRunner } from './use-runner'

/** One lab: its text, its terminals, its tasks. */
export function LabPage({ lab }: { lab: LabView }) {
  useDocumentTitle(lab.title)
  const client = useQueryClient()
  const attempt = useQuery({ ...attemptQuery(lab.attempt ?? ''), enabled: lab.attempt !== null }).data
  const { index, goTo } = useLabStep(lab, attempt)
  const [task, setTask] = useState(lab.tasks[0]?.id ?? '')
  const [zone, setZone] = useState<Zone>('instructions')
  const [summaryOpen, setSummaryOpen] = useState(false)
  const runner = useRunner(attempt?.environment ?? null, () => setZone('terminals'))
  const check = useCheck(attempt?.id ?? '')
  const chapters = useQuery(catalogueQuery).data?.chapters ?? []

  const handleOpened = (opened: AttemptView) => {
    rememberAttempt(client, opened)
    if (opened.environment) openFirstAhead(client, opened.environment)
    // The catalogue shows what was begun, and offers to go on with it.
    void client.invalidateQueries({ queryKey: catalogueQuery.queryKey })
  }
  const showTask = (id: string) => {
    setTask(id)
    setZone('tasks')
    setSummaryOpen(false)
  }
  const stateOf = (id: string) => attempt?.tasks.find((one) => one.task === id)
  useShortcuts({
    '[': () => goTo(index - 1),
    ']': () => goTo(index + 1),
    t: runner.focus,
    'Mod+Enter': () => {
      const state = stateOf(task)
      if (attempt && isReady(attempt) && state?.setup === 'done' && !state.checking) check.mutate(task)
    },
    ...Object.fromEntries(lab.tasks.slice(0, 9).map(({ id }, at) => [String(at + 1), () => showTask(id)])),
  })

  const isDone = (at: number) => {
    const ids = lab.steps[at]?.tasks ?? []
    return ids.length > 0 && ids.every((id) => stateOf(id)?.passedAtMs != null)
  }
  const taskCard = (id: string) => {
    const at = lab.tasks.findIndex((one) => one.id === id)
    const found = lab.tasks[at]
    if (!found) return null
    return <TaskCard task={found} number={at + 1} attempt={attempt} state={stateOf(id)} onShow={() => showTask(id)} />
  }

  return (
    <RunContext value={runner.run}>
      <LabHeader lab={lab} attempt={attempt} onResult={() => setSummaryOpen(true)} />
      <LabLayout
        zone={zone}
        onZone={setZone}
        instructions={
          <InstructionsPanel
            lab={lab}
            index={index}
            onStep={goTo}
            onFinish={() => setSummaryOpen(true)}
            isDone={isDone}
            renderTask={taskCard}
          />
        }
        terminals={<LabWorkplace lab={lab} attempt={attempt} onAttempt={handleOpened} />}
        tasks={
          <TasksPanel
            tasks={lab.tasks}
            attempt={attempt}
            unsupported={lab.unsupported !== null}
            selected={task}
            onSelect={setTask}
          />
        }
      />
      {attempt ? (
        <SummaryDialog
          open={summaryOpen}
          onOpenChange={setSummaryOpen}
          attempt={attempt}
          tasks={lab.tasks}
          next={labAfter(chapters, lab.id)}
          onTask={showTask}
        />
      ) : null}
    </RunContext>
  )
}
