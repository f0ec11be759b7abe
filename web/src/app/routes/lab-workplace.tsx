import type { AttemptView, EnvironmentView, LabView } from '@wheelhouse/protocol'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useOpenLab } from '~/features/attempt/attempt'
import { EnvironmentStage } from '~/features/environment/environment-stage'
import { StartPanel } from '~/features/environment/start-panel'
import { useSaysNotice } from '~/features/notices/notices'
import { RunningTerminals } from './running-terminals'

interface LabWorkplaceProps {
  lab: LabView
  attempt: AttemptView | undefined
  onAttempt: (attempt: AttemptView) => void
}

/** The place of the terminals, from the button that starts the lab to the running shells. */
export function LabWorkplace({ lab, attempt, onAttempt }: LabWorkplaceProps) {
  const { t } = useTranslation()
  const open = useOpenLab(lab.id, onAttempt)
  useWakeOnce(attempt, () => open.mutate())
  const environment = attempt?.environment ?? null
  useSaysNotice(undefined, isWithoutEngine(environment) ? 'notice.engine-lost' : null)
  if (!attempt && lab.attempt !== null) return <div className="h-full bg-surface" aria-busy="true" />
  if (!attempt || !environment)
    return (
      <StartPanel lab={lab} returning={Boolean(attempt)} busy={open.isPending} error={open.error} onStart={() => open.mutate()} />
    )
  return (
    <section aria-label={t('lab.panes.terminals')} className="h-full">
      <EnvironmentStage environment={environment} onRenew={() => open.mutate()}>
        <div className="flex h-full flex-col">
          <RunningTerminals environment={environment} />
        </div>
      </EnvironmentStage>
    </section>
  )
}

/** Its state says that the engine does not answer. */
const isWithoutEngine = (environment: EnvironmentView | null): boolean =>
  environment?.state.phase === 'failed' && environment.state.error.code === 'ENGINE_UNAVAILABLE'

/** Opening a lab starts what was stopped; stopping it while the page is open leaves it stopped. */
function useWakeOnce(attempt: AttemptView | undefined, wake: () => void): void {
  const looked = useRef(false)
  useEffect(() => {
    if (looked.current || !attempt) return
    looked.current = true
    const state = attempt.environment?.state
    if (state?.phase === 'stopped' && state.reason !== 'disk') wake()
  })
}
