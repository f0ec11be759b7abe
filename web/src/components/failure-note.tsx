import { CircleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type Failure, failureOf } from '~/lib/api'
import { useSay } from '~/lib/i18n'
import { Button } from './button'
import { Note } from './note'
import { Words } from './words'

/** What went wrong in the reader's language, what to do, and a button that tries again where that can help. */
export function FailureNote({ error, intro, onRetry }: { error: unknown; intro?: string; onRetry?: () => void }) {
  const { t } = useTranslation()
  const failure = failureOf(error)
  return (
    <Note tone="failed" icon={<CircleAlert aria-hidden="true" />}>
      <div role="alert" className="grid gap-1">
        {intro ? <p className="font-medium">{intro}</p> : null}
        <p className={intro ? 'text-muted' : ''}>
          <FailureText failure={failure} />
        </p>
        <FailureDetail failure={failure} />
        {onRetry ? (
          <div className="mt-1.5">
            <Button size="sm" onClick={onRetry}>
              {t('common.retry')}
            </Button>
          </div>
        ) : null}
      </div>
    </Note>
  )
}

export function FailureText({ failure }: { failure: Failure }) {
  const { t } = useTranslation()
  const say = useSay()
  switch (failure.kind) {
    case 'offline':
      return t('common.failure.offline')
    case 'garbled':
      return t('common.failure.garbled', { status: failure.status })
    case 'refused':
      return <Words text={say({ key: `error.${failure.body.code}`, values: failure.body.values })} />
  }
}

function FailureDetail({ failure }: { failure: Failure }) {
  const { t } = useTranslation()
  if (failure.kind !== 'refused') return null
  const { detail, reference } = failure.body
  return (
    <>
      {detail ? (
        <details>
          <summary className="text-muted">{t('common.failure.details')}</summary>
          <pre className="mt-1.5 max-h-48 overflow-auto rounded-md bg-code p-2.5 font-mono text-xs whitespace-pre-wrap">
            {detail}
          </pre>
        </details>
      ) : null}
      {reference ? (
        <p className="text-xs text-faint" title={t('common.failure.referenceHint')}>
          {t('common.failure.reference', { reference })}
        </p>
      ) : null}
    </>
  )
}
