import type { EnvironmentState } from '@wheelhouse/protocol'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Bar } from '~/components/bar'
import { Button } from '~/components/button'
import { Confirm } from '~/components/confirm'
import { Spinner } from '~/components/spinner'
import { formatClock, formatExpected } from '~/lib/format'
import { Stage } from './stage'
import { Steps } from './steps'
import { useProgress } from './use-progress'

type BuildingState = Extract<EnvironmentState, { phase: 'provisioning' | 'starting' }>

/** A cluster on its way: its steps, how long it has taken, how long it should take, and a way out. */
export function Building({ state, onCancel }: { state: BuildingState; onCancel: () => void }) {
  const { t } = useTranslation()
  const progress = useProgress(state.steps, state.startedAtMs)
  const title = state.phase === 'provisioning' ? t('environment.provisioning.title') : t('environment.provisioning.starting')
  return (
    <Stage icon={<Spinner className="size-5 text-accent" />} title={title} text={t('environment.provisioning.text')}>
      <div className="mb-4">
        <Bar share={progress.share} label={title} />
        <div className="mt-1.5 -mr-2.5 flex items-center justify-between">
          <Elapsed elapsedMs={progress.elapsedMs} expectedMs={progress.expectedMs} />
          <Cancel onCancel={onCancel} />
        </div>
      </div>
      {progress.steps.length > 0 ? <Steps steps={progress.steps} /> : null}
    </Stage>
  )
}

function Elapsed({ elapsedMs, expectedMs }: { elapsedMs: number; expectedMs: number | null }) {
  const { t } = useTranslation()
  const elapsed = formatClock(elapsedMs)
  return (
    <p className="text-xs text-faint tabular">
      {expectedMs === null
        ? t('environment.provisioning.elapsed', { elapsed })
        : t('environment.provisioning.ofExpected', { elapsed, expected: formatExpected(expectedMs) })}
    </p>
  )
}

export function Cancel({ onCancel }: { onCancel: () => void }) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState(false)
  return (
    <>
      <Button variant="ghost" size="sm" onClick={() => setAsking(true)}>
        {t('environment.provisioning.cancel')}
      </Button>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t('environment.provisioning.cancelTitle')}
        text={t('environment.provisioning.cancelText')}
        action={t('environment.provisioning.cancel')}
        refusal={t('environment.provisioning.keepGoing')}
        variant="danger"
        onConfirm={onCancel}
      />
    </>
  )
}
