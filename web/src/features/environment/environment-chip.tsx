import type { EnvironmentView } from '@wheelhouse/protocol'
import { ChevronDown, History } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ActionFailure } from '~/components/action-failure'
import { Menu, MenuItem, MenuLine } from '~/components/menu'
import { formatClock } from '~/lib/format'
import { ACTION_ICONS } from './action-icons'
import { DeleteEnvironment } from './delete-environment'
import { actionsIn, useEnvironmentAction } from './environment'
import { useIdleCountdown } from './idle-notice'
import { Kept } from './kept'
import { PhaseBadge } from './phase-badge'

interface EnvironmentChipProps {
  environment: EnvironmentView
  labTitle: string
  /** Shows the kept states; absent where there can be none. */
  onCheckpoints?: () => void
}

/** The environment of a lab in the header: its state, how long it is kept, and what can be done with it. */
export function EnvironmentChip({ environment, labTitle, onCheckpoints }: EnvironmentChipProps) {
  const { t } = useTranslation()
  const [deleting, setDeleting] = useState(false)
  const action = useEnvironmentAction(environment.id)
  const leftMs = useIdleCountdown(environment.state)
  const actions = actionsIn(environment)
  return (
    <>
      <Menu
        trigger={
          <button
            type="button"
            className="inline-flex h-7 items-center gap-1.5 rounded-full border border-line px-2.5 text-sm whitespace-nowrap text-muted transition-colors hover:bg-hover hover:text-ink data-[state=open]:bg-hover"
          >
            <span className="sr-only">{t('environment.chip.label')}: </span>
            <PhaseBadge phase={environment.state.phase} compact />
            {leftMs === null ? null : <span className="text-not-yet tabular">{formatClock(leftMs)}</span>}
            <ChevronDown className="size-3.5 text-faint" aria-hidden="true" />
          </button>
        }
      >
        <Facts environment={environment} />
        {onCheckpoints ? (
          <>
            <MenuLine />
            <MenuItem onSelect={onCheckpoints}>
              <History aria-hidden="true" />
              {t('environment.chip.checkpoints')}
            </MenuItem>
          </>
        ) : null}
        {actions.length > 0 ? <MenuLine /> : null}
        {actions.map((name) => {
          const Icon = ACTION_ICONS[name]
          return (
            <MenuItem
              key={name}
              danger={name === 'delete'}
              onSelect={() => (name === 'delete' ? setDeleting(true) : action.mutate(name))}
            >
              <Icon aria-hidden="true" />
              {t(`environment.list.${name}`)}
            </MenuItem>
          )
        })}
      </Menu>
      <DeleteEnvironment open={deleting} onOpenChange={setDeleting} lab={labTitle} onConfirm={() => action.mutate('delete')} />
      <ActionFailure error={action.error} onClose={action.reset} />
    </>
  )
}

function Facts({ environment }: { environment: EnvironmentView }) {
  const { engine, machines } = environment
  return (
    <div className="max-w-72 px-2.5 pt-2 pb-1.5 text-sm">
      <p className="font-medium">
        {engine}
        {machines.length > 0 ? (
          <span className="font-normal text-faint"> · {machines.map((machine) => machine.name).join(', ')}</span>
        ) : null}
      </p>
      <Kept environment={environment} />
    </div>
  )
}
