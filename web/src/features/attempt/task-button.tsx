import type { AttemptTaskView, AttemptView, LabTaskView } from '@wheelhouse/protocol'
import { useTranslation } from 'react-i18next'
import { ActionFailure } from '~/components/action-failure'
import { Button } from '~/components/button'
import { Spinner } from '~/components/spinner'
import { useCheck, useResetTask } from './attempt'
import { isReady, taskState } from './task-state'

interface TaskButtonProps {
  task: LabTaskView
  attempt: AttemptView
  state: AttemptTaskView
}

/** What there is to do with a task now: start it, try its setup again, or check it. */
export function TaskButton({ task, attempt, state }: TaskButtonProps) {
  const { t } = useTranslation()
  const { kind } = taskState(state, task.disruptive)
  if (kind === 'asks-to-start') return <SetUpButton task={task} attempt={attempt} text={t('attempt.setup.start')} />
  if (kind === 'setup-failed') return <SetUpButton task={task} attempt={attempt} text={t('common.retry')} />
  return <CheckButton task={task} attempt={attempt} state={state} />
}

function SetUpButton({ task, attempt, text }: { task: LabTaskView; attempt: AttemptView; text: string }) {
  const reset = useResetTask(attempt.id)
  const can = !reset.isPending && isReady(attempt)
  return (
    <>
      <Button
        variant="primary"
        size="sm"
        aria-label={`${text}: ${task.title}`}
        aria-disabled={!can}
        onClick={() => {
          if (can) reset.mutate(task.id)
        }}
      >
        {reset.isPending ? <Spinner /> : null}
        {text}
      </Button>
      <ActionFailure error={reset.error} onClose={reset.reset} />
    </>
  )
}

function CheckButton({ task, attempt, state }: TaskButtonProps) {
  const { t } = useTranslation()
  const check = useCheck(attempt.id)
  const busy = state.checking || check.isPending
  const can = !busy && state.setup === 'done' && isReady(attempt)
  return (
    <>
      <Button
        variant="primary"
        size="sm"
        title={t('attempt.checkHint')}
        aria-label={`${busy ? t('attempt.checking') : t('attempt.check')}: ${task.title}`}
        aria-disabled={!can}
        onClick={() => {
          if (can) check.mutate(task.id)
        }}
      >
        {busy ? <Spinner /> : null}
        {busy ? t('attempt.checking') : t('attempt.check')}
      </Button>
      <ActionFailure error={check.error} onClose={check.reset} />
    </>
  )
}
