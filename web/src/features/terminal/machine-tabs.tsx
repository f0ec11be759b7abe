import type { MachineView, TerminalView } from '@wheelhouse/protocol'
import { useTranslation } from 'react-i18next'
import { Tip } from '~/components/tip'

interface MachineTabsProps {
  machines: readonly MachineView[]
  terminals: readonly TerminalView[]
  onOpen: (machine: string) => void
}

/** A place among the tabs for every machine that has no terminal: a click opens one there. */
export function MachineTabs({ machines, terminals, onOpen }: MachineTabsProps) {
  const { t } = useTranslation()
  // The first one opens by itself. Before it has, nothing is known of the others.
  if (terminals.length === 0) return null
  const without = machines.filter(({ name }) => !terminals.some(({ machine }) => machine === name))
  return (
    <div className="hidden min-w-0 items-stretch overflow-x-auto [scrollbar-width:none] md:flex">
      {without.map(({ name }) => (
        <Tip key={name} text={t('terminal.openOnMachine', { machine: name })}>
          <button
            type="button"
            aria-label={t('terminal.openOnMachine', { machine: name })}
            onClick={() => onOpen(name)}
            className="flex h-9 items-center px-2.5 text-base text-faint transition-colors duration-100 hover:text-ink"
          >
            {name}
          </button>
        </Tip>
      ))}
    </div>
  )
}
