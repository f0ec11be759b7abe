import type { EnvironmentPhase } from '@wheelhouse/protocol'
import { clsx } from 'clsx'
import { useTranslation } from 'react-i18next'

const DOTS: Record<EnvironmentPhase, string> = {
  queued: 'bg-faint',
  provisioning: 'bg-accent animate-pulse',
  starting: 'bg-accent animate-pulse',
  ready: 'bg-passed',
  stopping: 'bg-faint animate-pulse',
  stopped: 'bg-faint',
  broken: 'bg-failed',
  failed: 'bg-failed',
  deleting: 'bg-faint animate-pulse',
  deleted: 'bg-faint',
}

/** The state of an environment in a word, with a dot in its colour. `compact` leaves the dot alone on a phone. */
export function PhaseBadge({ phase, compact = false }: { phase: EnvironmentPhase; compact?: boolean }) {
  const { t } = useTranslation()
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <span className={clsx('size-2 rounded-full', DOTS[phase])} aria-hidden="true" />
      <span className={compact ? 'max-sm:sr-only' : ''}>{t(`environment.phase.${phase}`)}</span>
    </span>
  )
}
