import type { EnvironmentView, TerminalView } from '@wheelhouse/protocol'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FailureNote } from '~/components/failure-note'
import { Spinner } from '~/components/spinner'
import { alone, beside, show } from './layout'
import { MachineTabs } from './machine-tabs'
import { SplitGrid } from './split-grid'
import { StateChip } from './state-chip'
import { TerminalPane } from './terminal-pane'
import type { TerminalScreen } from './terminal-screen'
import { useTerminalScheme } from './terminal-settings'
import { paneId, TerminalTabs, tabId } from './terminal-tabs'
import { OpenButton, OptionsButton, SplitButton } from './terminal-toolbar'
import { machinesWithShell } from './terminals'
import { themeOf } from './themes'
import { usePanel } from './use-panel'

/** The terminals of a running environment: tabs, and one or two screens. */
export function TerminalPanel({ environment }: { environment: EnvironmentView }) {
  const panel = usePanel(environment)
  const machines = machinesWithShell(environment)
  const { layout, change, front, terminals, actions } = panel
  const ground = themeOf(useTerminalScheme()).background
  const [frontScreen, setFrontScreen] = useState<TerminalScreen | null>(null)
  useEffect(() => setFrontScreen((front && panel.screens.current.get(front)) || null), [front, panel.screens])
  const handleScreen = (id: string, screen: TerminalScreen | null) => {
    panel.handleScreen(id, screen)
    if (id === front) setFrontScreen(screen)
  }
  const isSplit = layout.shown.length > 1
  const indexOf = (id: string | undefined) => terminals.findIndex((terminal) => terminal.id === id)
  /** Side by side they stand as their tabs do. */
  const sideOf = (id: string) => (indexOf(id) < indexOf(front) ? 'left' : 'right')
  const toggleSplit = () => {
    const other = terminals.find(({ id }) => id !== front)
    const machine = terminals.find(({ id }) => id === front)?.machine ?? machines[0]?.name
    if (isSplit) change(alone)
    else if (other) change((now) => beside(now, other.id, sideOf(other.id)))
    else if (machine) panel.openBeside(machine)
  }
  return (
    <div className="flex h-full min-h-0 flex-col bg-surface">
      <div className="flex h-9 shrink-0 items-center gap-1 border-b border-line pr-1.5 pl-1">
        <TerminalTabs
          terminals={terminals}
          front={front}
          shown={layout.shown}
          onShow={(id) => change((now) => show(now, id))}
          onEnter={() => requestAnimationFrame(() => panel.focus(front))}
          onRename={(id, title) => actions.rename.mutate({ id, title })}
          onClose={(id) => actions.close.mutate(id)}
        />
        <MachineTabs machines={machines} terminals={terminals} onOpen={panel.open} />
        <OpenButton machines={machines} onOpen={panel.open} />
        <div className="ml-auto flex items-center">
          {frontScreen ? <StateChip connection={frontScreen.connection} /> : null}
          {terminals.length > 0 ? <SplitButton isSplit={isSplit} onToggle={toggleSplit} /> : null}
          <OptionsButton />
        </div>
      </div>
      <SplitGrid isSplit={isSplit} ground={ground} onDrop={(id, side) => change((now) => beside(now, id, side))}>
        {terminals.map((terminal) => (
          <Place key={terminal.id} terminal={terminal} column={layout.shown.indexOf(terminal.id)}>
            <TerminalPane
              terminal={terminal}
              isShown={layout.shown.includes(terminal.id)}
              isActive={isSplit && terminal.id === front}
              onFocus={() => change((now) => show(now, terminal.id))}
              onDrawn={panel.handleDrawn}
              onLeave={() => document.getElementById(tabId(terminal.id))?.focus()}
              onDoubt={actions.refresh}
              onScreen={handleScreen}
            />
          </Place>
        ))}
        {terminals.length === 0 ? <NoTerminal panel={panel} /> : null}
      </SplitGrid>
    </div>
  )
}

/** Hidden ones stay where they are, so that their screens go on being drawn. */
function Place({ terminal, column, children }: { terminal: TerminalView; column: number; children: React.ReactNode }) {
  return (
    <div
      role="tabpanel"
      id={paneId(terminal.id)}
      aria-labelledby={tabId(terminal.id)}
      className="grid min-h-0 min-w-0"
      style={column < 0 ? { display: 'none' } : { gridColumn: column + 1, gridRow: 1 }}
    >
      {children}
    </div>
  )
}

function NoTerminal({ panel: { query, actions, isOpening } }: { panel: ReturnType<typeof usePanel> }) {
  const { t } = useTranslation()
  const error = query.error ?? actions.open.error
  if (error)
    return (
      <div className="p-4">
        <FailureNote error={error} intro={t('terminal.openFailed')} />
      </div>
    )
  return (
    <p className="flex items-center gap-2 p-4 text-base text-muted">
      {isOpening ? <Spinner className="size-4" /> : null}
      {isOpening ? t('terminal.opening') : t('terminal.none')}
    </p>
  )
}
