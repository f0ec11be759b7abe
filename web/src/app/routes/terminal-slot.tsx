import type { EnvironmentView } from '@wheelhouse/protocol'

/** The place of the terminals. */
export function TerminalSlot({ environment }: { environment: EnvironmentView }) {
  return (
    <div className="h-full bg-canvas p-4 font-mono text-sm text-faint">
      {environment.machines.map(({ name }) => name).join(' · ')}
    </div>
  )
}
