import type { AttemptTaskView, LabTaskView, Reveal } from '@wheelhouse/protocol'
import { Ellipsis, Eye, Lightbulb, RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '~/components/button'
import { Confirm } from '~/components/confirm'
import { Dialog } from '~/components/dialog'
import { FailureNote } from '~/components/failure-note'
import { IconButton } from '~/components/icon-button'
import { Menu, MenuItem, MenuLine } from '~/components/menu'
import { Spinner } from '~/components/spinner'
import { useCheck, useResetTask } from './attempt'
import { RevealDialog } from './reveal-dialog'

interface TaskActionsProps {
  task: LabTaskView
  attempt: string
  state: AttemptTaskView
}

/** The check button, and behind the dots: hints, the solution, starting the task over. */
export function TaskActions({ task, attempt, state }: TaskActionsProps) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState<Reveal | 'reset' | null>(null)
  const reset = useResetTask(attempt)
  return (
    <div className="flex shrink-0 items-center gap-1.5">
      <CheckButton task={task} attempt={attempt} state={state} />
      <Menu
        trigger={
          <IconButton label={t('attempt.help')}>
            <Ellipsis aria-hidden="true" />
          </IconButton>
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
          attempt={attempt}
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

export function CheckButton({ task, attempt, state }: TaskActionsProps) {
  const { t } = useTranslation()
  const check = useCheck(attempt)
  const busy = state.checking || check.isPending
  return (
    <>
      <Button
        variant="primary"
        size="sm"
        title={t('attempt.checkHint')}
        aria-label={`${busy ? t('attempt.checking') : t('attempt.check')}: ${task.title}`}
        aria-disabled={busy || state.setup !== 'done'}
        onClick={() => {
          if (!busy && state.setup === 'done') check.mutate(task.id)
        }}
      >
        {busy ? <Spinner /> : null}
        {busy ? t('attempt.checking') : t('attempt.check')}
      </Button>
      <ActionFailure error={check.error} onClose={check.reset} />
    </>
  )
}

/** Why a button did nothing, in a window of its own: there is no room beside the button. */
function ActionFailure({ error, onClose }: { error: unknown; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Dialog open={Boolean(error)} onOpenChange={onClose} title={t('attempt.actionFailed')}>
      <div className="mt-4">{error ? <FailureNote error={error} /> : null}</div>
    </Dialog>
  )
}
