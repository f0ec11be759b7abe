import type { EnvironmentView } from '@wheelhouse/protocol'
import { lazy, Suspense } from 'react'

/** xterm is large and only needed here. */
const TerminalPanel = lazy(async () => {
  const { TerminalPanel: panel } = await import('~/features/terminal/terminal-panel')
  return { default: panel }
})

/** The place of the terminals. */
export function TerminalSlot({ environment }: { environment: EnvironmentView }) {
  return (
    <Suspense fallback={<div className="h-full bg-surface" aria-busy="true" />}>
      <TerminalPanel key={environment.id} environment={environment} />
    </Suspense>
  )
}
