import { useTranslation } from 'react-i18next'
import { FailureText } from '~/components/failure-note'
import { isNoNews, isWithheld, type TaskState } from './task-state'

/** Whether there is a cluster to ask: now, as soon as it runs, or never, since the engine cannot run this lab. */
export type ClusterHere = 'ready' | 'to-come' | 'never'

/** One sentence on how the task stands. Said to screen readers when it changes. */
export function TaskHeadline({ state, cluster }: { state: TaskState; cluster: ClusterHere }) {
  return (
    <p role="status" className="min-w-0 flex-1 text-sm text-muted">
      <Where state={state} cluster={cluster} />
    </p>
  )
}

/** What says no more than that something will follow is not true where there is no cluster. */
function Where({ state, cluster }: { state: TaskState; cluster: ClusterHere }) {
  const { t } = useTranslation()
  const isSaid = state.kind === 'checking' || (state.kind === 'judged' && !isNoNews(state))
  if (cluster === 'never' && !isSaid) return t('attempt.notHere')
  const isAboutToCome = state.kind === 'untried' || (state.kind === 'judged' && isNoNews(state))
  return <Sentence state={cluster === 'to-come' && isAboutToCome ? { kind: 'not-started' } : state} />
}

function Sentence({ state }: { state: TaskState }) {
  const { t } = useTranslation()
  switch (state.kind) {
    case 'not-started':
      return t('attempt.notStarted')
    case 'preparing':
      return t(`attempt.setup.${state.status}`)
    case 'asks-to-start':
      return t('attempt.setup.asks')
    case 'setup-failed':
      return (
        <>
          <strong className="font-medium text-error">{t('attempt.setup.failed')}</strong>
          <Dot />
          {state.error ? (
            <FailureText failure={{ kind: 'refused', status: 0, body: state.error }} />
          ) : (
            t('attempt.setup.failedText')
          )}
        </>
      )
    case 'untried':
      return t('attempt.status.untried')
    case 'checking':
      return t('attempt.status.checking')
    case 'judged':
      return isNoNews(state) ? <Watched /> : <Judged state={state} />
  }
}

/** Between two remarks, in every language the same. */
const Dot = () => <span className="mx-1.5 text-faint">·</span>

function Watched() {
  const { t } = useTranslation()
  return (
    <>
      <strong className="font-medium text-ink">{t('attempt.live')}</strong>
      <Dot />
      {t('attempt.liveHint')}
    </>
  )
}

const TONES = { passed: 'text-passed', failed: 'text-failed', 'not-yet': 'text-not-yet', error: 'text-error' } as const

function Judged({ state }: { state: Extract<TaskState, { kind: 'judged' }> }) {
  const { t } = useTranslation()
  const { status } = state.verdict
  const explanation = isWithheld(state.verdict) ? t('attempt.explain.withheld') : t(`attempt.explain.${status}`)
  return (
    <>
      <strong className={`font-medium ${TONES[status]}`}>{t(`attempt.status.${status}`)}</strong>
      <Dot />
      {explanation}
      {state.keptPass ? ` ${t('attempt.explain.kept')}` : ''}
    </>
  )
}
