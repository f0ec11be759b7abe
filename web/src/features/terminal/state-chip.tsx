import { useTranslation } from 'react-i18next'
import { useStore } from '~/lib/store'
import type { ConnectionStatus, TerminalConnection } from './terminal-connection'

type Chip = 'connecting' | 'connected' | 'reconnecting' | 'readOnly' | 'ended'

export function chipOf({ line, state, mode }: ConnectionStatus): Chip {
  if (line === 'lost') return 'reconnecting'
  switch (state.phase) {
    case 'connecting':
      return 'connecting'
    case 'unreachable':
      return 'reconnecting'
    case 'exited':
    case 'refused':
    case 'closed':
      return 'ended'
    case 'running':
      if (line === 'opening') return 'connecting'
      return mode === 'read-only' ? 'readOnly' : 'connected'
  }
}

const DOT: Record<Chip, string> = {
  connecting: 'bg-not-yet animate-pulse',
  connected: 'bg-passed',
  reconnecting: 'bg-not-yet animate-pulse',
  readOnly: 'bg-accent',
  ended: 'bg-faint',
}

/** Whether what one types arrives. */
export function StateChip({ connection }: { connection: TerminalConnection }) {
  const { t } = useTranslation()
  const chip = chipOf(useStore(connection.status))
  return (
    <span
      role="status"
      data-state={chip}
      className="inline-flex h-6 items-center gap-1.5 px-2 text-sm whitespace-nowrap text-muted"
    >
      <span aria-hidden="true" className={`size-1.5 rounded-full ${DOT[chip]}`} />
      {t(`terminal.chip.${chip}`)}
    </span>
  )
}
