import { useQuery } from '@tanstack/react-query'
import type { LabTaskView, Reveal } from '@wheelhouse/protocol'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Confirm } from '~/components/confirm'
import { Dialog } from '~/components/dialog'
import { FailureNote } from '~/components/failure-note'
import { LabHtml } from '~/components/lab-html'
import { useLanguage } from '~/lib/settings'
import { revealQuery } from './attempt'

interface RevealDialogProps {
  attempt: string
  task: LabTaskView
  reveal: Reveal
  /** Whether it was revealed before: then there is nothing to confirm. */
  seen: boolean
  onClose: () => void
}

/** Asks first, then shows a hint or the solution. */
export function RevealDialog(props: RevealDialogProps) {
  const { t } = useTranslation()
  const [confirmed, setConfirmed] = useState(props.seen)
  if (confirmed) return <Revealed {...props} />
  return (
    <Confirm
      open
      onOpenChange={props.onClose}
      title={t(`attempt.reveal.title.${props.reveal}`)}
      text={t(`attempt.reveal.text.${props.reveal}`)}
      action={t('attempt.reveal.confirm')}
      staysAfterYes
      onConfirm={() => setConfirmed(true)}
    />
  )
}

function Revealed({ attempt, task, reveal, onClose }: RevealDialogProps) {
  const { t } = useTranslation()
  const language = useLanguage()
  const query = useQuery(revealQuery({ attempt, task: task.id, reveal, language }))
  return (
    <Dialog wide open onOpenChange={onClose} title={`${t(`attempt.reveal.${reveal}`)}: ${task.title}`}>
      <div className="mt-4">
        {query.data ? (
          <LabHtml html={query.data.html} />
        ) : query.error ? (
          <FailureNote error={query.error} onRetry={() => query.refetch()} />
        ) : (
          <div className="skeleton h-24" aria-busy="true" />
        )}
      </div>
    </Dialog>
  )
}
