import type { AttemptTaskView, AttemptView, LabTaskView, Reveal } from '@wheelhouse/protocol'
import { Eye, Lightbulb, RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ActionFailure } from '~/components/action-failure'
import { Button } from '~/components/button'
import { Confirm } from '~/components/confirm'
import { Menu, MenuItem, MenuLine } from '~/components/menu'
import { useResetTask } from './attempt'
import { RevealDialog } from './reveal-dialog'
import { TaskButton } from './task-button'

interface TaskActionsProps {
  task: LabTaskView
  attempt: AttemptView
  state: AttemptTaskView
}

/** The check button, and behind the dots: hints, the solution, starting the task over. */
export function TaskActions({ task, attempt, state }: TaskActionsProps) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState<Reveal | 'reset' | null>(null)
  const reset = useResetTask(attempt.id)
  return (
    <div className="flex shrink-0 items-center gap-1.5">
      <Menu
        trigger={
          <Button variant="secondary" size="sm">
            <Lightbulb aria-hidden="true" />
            {t('attempt.help')}
          </Button>
        }
      >
        {revealsOf(task).map((reveal) => (
          <MenuItem key={reveal} onSelect={() => setAsked(reveal)}>
            {reveal === 'solution' ? <Eye aria-hidden="true" /> : <Lightbulb aria-hidden="true" />}
            {t(`attempt.reveal.${reveal}`)}
            {state.revealed.includes(reveal) ? (
              <span className="ml-auto pl-4 text-xs text-faint">{t('attempt.reveal.seen')}</span>
            ) : null}
          </MenuItem>
        ))}
        <MenuLine />
        <MenuItem onSelect={() => setAsked('reset')}>
          <RotateCcw aria-hidden="true" />
          {t('attempt.reset')}
        </MenuItem>
      </Menu>
      <TaskButton task={task} attempt={attempt} state={state} />
      <Confirm
        open={asked === 'reset'}
        onOpenChange={() => setAsked(null)}
        title={t('attempt.resetTitle', { task: task.title })}
        text={t('attempt.resetText')}
        action={t('attempt.reset')}
        variant="danger"
        onConfirm={() => reset.mutate(task.id)}
      />
      {asked && asked !== 'reset' ? (
        <RevealDialog
          attempt={attempt.id}
          task={task}
          reveal={asked}
          seen={state.revealed.includes(asked)}
          onClose={() => setAsked(null)}
        />
      ) : null}
      <ActionFailure error={reset.error} onClose={reset.reset} />
    </div>
  )
}

const revealsOf = (task: LabTaskView): Reveal[] => [...(['hint-1', 'hint-2'] as const).slice(0, task.hints), 'solution']
