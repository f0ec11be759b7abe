import type { EnvironmentState } from '@wheelhouse/protocol'
import { Timer } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '~/components/button'
import { useServerNow } from '~/lib/clock'
import { formatClock } from '~/lib/format'

/** The countdown is shown when so much is left, or earlier where the server announces it earlier. */
const SHOWN_MS = 5 * 60_000

/** Milliseconds until an idle environment stops; null while that is far off and not announced, or never. */
export function useIdleCountdown(state: EnvironmentState | undefined, announced = false): number | null {
  const deadlineMs = state?.phase === 'ready' ? state.idleDeadlineMs : null
  const now = useServerNow(deadlineMs === null ? null : 1000)
  if (deadlineMs === null) return null
  const leftMs = deadlineMs - now
  return leftMs > SHOWN_MS && !announced ? null : Math.max(0, leftMs)
}

interface IdleNoticeProps {
  state: EnvironmentState
  /** The server has said that it is about to stop. */
  announced: boolean
  onKeep: () => void
  busy: boolean
}

/** Says that the environment is about to stop, and offers to keep it. Whoever types is not asked: typing moves the deadline. */
export function IdleNotice({ state, announced, onKeep, busy }: IdleNoticeProps) {
  const { t } = useTranslation()
  const leftMs = useIdleCountdown(state, announced)
  if (leftMs === null) return null
  return (
    <div className="animate-rise flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-not-yet-line bg-not-yet-soft px-4 py-2">
      <Timer className="size-4 text-not-yet" aria-hidden="true" />
      <p className="min-w-0 flex-1">
        <strong className="font-semibold" role="status">
          {t('environment.idle.title')}
        </strong>{' '}
        <span className="text-muted tabular">{t('environment.idle.text', { clock: formatClock(leftMs) })}</span>
      </p>
      <Button size="sm" onClick={onKeep} disabled={busy}>
        {t('environment.idle.keep')}
      </Button>
    </div>
  )
}
