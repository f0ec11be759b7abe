import type { EnvironmentView } from '@wheelhouse/protocol'
import { lazy, Suspense } from 'react'

/** xterm is large and only needed here. */
export const loadTerminalPanel = () => import('~/features/terminal/terminal-panel')

const TerminalPanel = lazy(async () => ({ default: (await loadTerminalPanel()).TerminalPanel }))

/** The place of the terminals. */
export function TerminalSlot({ environment }: { environment: EnvironmentView }) {
  return (
    <Suspense fallback={<div className="h-full bg-surface" aria-busy="true" />}>
      <TerminalPanel key={environment.id} environment={environment} />
    </Suspense>
  )
}
