import type { EnvironmentView } from '@wheelhouse/protocol'
import { ActionFailure } from '~/components/action-failure'
import { useEnvironmentAction } from '~/features/environment/environment'
import { IdleNotice } from '~/features/environment/idle-notice'
import { useIsAnnounced, useSaysNotice } from '~/features/notices/notices'
import { TerminalSlot } from './terminal-slot'

const IDLE_SOON = 'notice.idle-soon'

/** The terminals of an environment that runs, under the word that it is about to stop where nothing happens in it. */
export function RunningTerminals({ environment }: { environment: EnvironmentView }) {
  const { id, state } = environment
  const action = useEnvironmentAction(id)
  useSaysNotice(id, IDLE_SOON)
  const announced = useIsAnnounced(id, IDLE_SOON)
  return (
    <>
      <IdleNotice state={state} announced={announced} busy={action.isPending} onKeep={() => action.mutate('extend')} />
      <ActionFailure error={action.error} onClose={action.reset} />
      <div className="min-h-0 flex-1">
        <TerminalSlot environment={environment} />
      </div>
    </>
  )
}
