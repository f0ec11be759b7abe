import type { AttemptTaskView, AttemptView, LabTaskView } from '@wheelhouse/protocol'
import { clsx } from 'clsx'
import { Tabs } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import { CheckList } from './check-list'
import { MarkIcon } from './mark-icon'
import { TaskActions } from './task-actions'
import { TaskHeadline } from './task-headline'
import { checkLines, isReady, taskMark, taskState } from './task-state'
import { useMarkText } from './use-mark-text'

interface TasksPanelProps {
  tasks: LabTaskView[]
  attempt: AttemptView | undefined
  /** The engine cannot run the lab. */
  unsupported?: boolean
  selected: string
  onSelect: (task: string) => void
}

/** The tasks of a lab as tabs, each with its checks. */
export function TasksPanel({ tasks, attempt, unsupported = false, selected, onSelect }: TasksPanelProps) {
  const { t } = useTranslation()
  const of = (id: string) => attempt?.tasks.find((task) => task.task === id)
  return (
    <Tabs.Root value={selected} onValueChange={onSelect} className="flex h-full flex-col bg-surface">
      <Tabs.List
        aria-label={t('lab.panes.tasks')}
        className="flex h-10 shrink-0 items-stretch gap-1 overflow-x-auto overflow-y-hidden border-b border-line px-2 [scrollbar-width:thin]"
      >
        {tasks.map((task, index) => (
          <TaskTab key={task.id} task={task} number={index + 1} state={of(task.id)} />
        ))}
      </Tabs.List>
      {tasks.map((task) => (
        <Tabs.Content
          key={task.id}
          value={task.id}
          tabIndex={-1}
          className="relative min-h-0 flex-1 overflow-y-auto focus:outline-none"
        >
          <TaskChecks task={task} attempt={attempt} unsupported={unsupported} state={of(task.id)} />
        </Tabs.Content>
      ))}
    </Tabs.Root>
  )
}

interface TaskTabProps {
  task: LabTaskView
  number: number
  state: AttemptTaskView | undefined
}

function TaskTab({ task, number, state }: TaskTabProps) {
  const markText = useMarkText()
  const mark = taskMark(state)
  return (
    <Tabs.Trigger
      value={task.id}
      className={clsx(
        'relative flex min-w-28 items-center gap-2 data-[state=active]:shrink-0 rounded-md px-2.5 text-sm text-muted transition-colors hover:text-ink',
        'data-[state=active]:font-medium data-[state=active]:text-ink',
        'after:absolute after:inset-x-2 after:-bottom-px after:h-0.5 after:rounded-full data-[state=active]:after:bg-accent',
      )}
    >
      <MarkIcon mark={mark} />
      <span className="min-w-0 truncate" title={task.title}>
        <span className="text-faint tabular">{number}</span> {task.title}
      </span>
      <span className="sr-only">, {markText(mark)}</span>
      <span className="shrink-0 text-xs font-normal text-faint tabular" aria-hidden="true">
        {state?.bestPoints ?? 0}/{task.maxPoints}
      </span>
    </Tabs.Trigger>
  )
}

interface TaskChecksProps {
  task: LabTaskView
  attempt: AttemptView | undefined
  unsupported: boolean
  state: AttemptTaskView | undefined
}

function TaskChecks({ task, attempt, unsupported, state }: TaskChecksProps) {
  const now = taskState(state, task.disruptive)
  const notReady = unsupported ? 'never' : 'to-come'
  return (
    <>
      <div className="sticky top-0 z-10 flex items-center gap-3 border-b border-line bg-surface px-4 py-2">
        <TaskHeadline state={now} cluster={isReady(attempt) ? 'ready' : notReady} />
        {attempt && state ? <TaskActions task={task} attempt={attempt} state={state} /> : null}
      </div>
      <CheckList lines={checkLines(task.checks, now)} />
    </>
  )
}
