import { useQuery } from '@tanstack/react-query'
import type { CheckpointView } from '@wheelhouse/protocol'
import { useTranslation } from 'react-i18next'
import { Dialog } from '~/components/dialog'
import { FailureNote } from '~/components/failure-note'
import { CheckpointRow } from './checkpoint-row'
import { checkpointsQuery, useForget, useFork, useGoBack, useKeep } from './checkpoints'
import { KeepForm } from './keep-form'

export interface CheckpointsDialogProps {
  environment: string
  /** Names a task in the reader's language. */
  titleOf: (task: string) => string
  /** A copy is on its way. */
  onFork: (environment: string) => void
  onClose: () => void
}

/** The kept states of an environment: keep one, go back to one, try something in a copy of one. */
export function CheckpointsDialog({ environment, titleOf, onFork, onClose }: CheckpointsDialogProps) {
  const { t } = useTranslation()
  const query = useQuery(checkpointsQuery(environment))
  const keep = useKeep(environment)
  const goBack = useGoBack(environment)
  const fork = useFork(environment)
  const forget = useForget(environment)
  const busyWith = [goBack, fork, forget].find(({ isPending }) => isPending)?.variables
  const error = keep.error ?? goBack.error ?? fork.error ?? forget.error
  const rowOf = (checkpoint: CheckpointView) => (
    <CheckpointRow
      key={checkpoint.id}
      checkpoint={checkpoint}
      titleOf={titleOf}
      busy={busyWith === checkpoint.id}
      disabled={busyWith !== undefined}
      onGoBack={() => goBack.mutate(checkpoint.id, { onSuccess: onClose })}
      onFork={() => fork.mutate(checkpoint.id, { onSuccess: ({ id }) => onFork(id) })}
      onForget={() => forget.mutate(checkpoint.id)}
    />
  )
  return (
    <Dialog open onOpenChange={onClose} wide title={t('checkpoints.title')} text={t('checkpoints.text')}>
      <KeepForm busy={keep.isPending} onKeep={(name) => keep.mutateAsync(name)} />
      {error ? (
        <div className="mt-3">
          <FailureNote error={error} />
        </div>
      ) : null}
      <div className="mt-4">
        {query.data ? (
          query.data.checkpoints.length > 0 ? (
            <ul className="divide-y divide-line rounded-xl border border-line">{query.data.checkpoints.map(rowOf)}</ul>
          ) : (
            <p className="py-6 text-center text-muted">{t('checkpoints.empty')}</p>
          )
        ) : query.error ? (
          <FailureNote error={query.error} onRetry={() => query.refetch()} />
        ) : (
          <div className="skeleton h-28 rounded-xl" aria-busy="true" />
        )}
      </div>
    </Dialog>
  )
}
