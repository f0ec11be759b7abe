import type { EnvironmentView } from '@wheelhouse/protocol'
import { ActionFailure } from '~/components/action-failure'
import { useEnvironmentAction } from '~/features/environment/environment'
import { IdleNotice } from '~/features/environment/idle-notice'
import { useSaysNotice } from '~/features/notices/notices'
import { TerminalSlot } from './terminal-slot'

/** The terminals of an environment that runs, under the word that it is about to stop where nothing happens in it. */
export function RunningTerminals({ environment }: { environment: EnvironmentView }) {
  const { id, state } = environment
  const action = useEnvironmentAction(id)
  useSaysNotice(id, 'notice.idle-soon')
  return (
    <>
      <IdleNotice state={state} busy={action.isPending} onKeep={() => action.mutate('extend')} />
      <ActionFailure error={action.error} onClose={action.reset} />
      <div className="min-h-0 flex-1">
        <TerminalSlot environment={environment} />
      </div>
    </>
  )
}
