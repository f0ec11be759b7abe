import { Link } from '@tanstack/react-router'
import type { AttemptView, LabView } from '@wheelhouse/protocol'
import { ChevronLeft, Ellipsis, RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ActionFailure } from '~/components/action-failure'
import { Confirm } from '~/components/confirm'
import { IconButton } from '~/components/icon-button'
import { Menu, MenuItem } from '~/components/menu'
import { Ring } from '~/components/ring'
import { useResetLab } from '~/features/attempt/attempt'
import { InHeader } from '../header-slot'
import { EnvironmentMenu } from './environment-menu'

interface LabHeaderProps {
  lab: LabView
  attempt: AttemptView | undefined
  onResult: () => void
}

/** What a lab puts into the header: the way back, its title, the points, the environment. */
export function LabHeader({ lab, attempt, onResult }: LabHeaderProps) {
  const { t } = useTranslation()
  return (
    <InHeader>
      <Link to="/" className="flex items-center gap-1 text-muted hover:text-ink" aria-label={t('common.nav.labs')}>
        <ChevronLeft className="size-4" aria-hidden="true" />
        <span className="hidden md:inline">{t('common.nav.labs')}</span>
      </Link>
      <span className="hidden h-4 w-px shrink-0 bg-line sm:block" aria-hidden="true" />
      <p className="hidden min-w-0 flex-1 truncate font-medium sm:block">{lab.title}</p>
      {attempt ? (
        <>
          <Score attempt={attempt} onResult={onResult} />
          {attempt.environment ? (
            <EnvironmentMenu
              environment={attempt.environment}
              labTitle={lab.title}
              titleOf={(id) => lab.tasks.find((task) => task.id === id)?.title ?? id}
            />
          ) : null}
          <LabMenu attempt={attempt} />
        </>
      ) : null}
    </InHeader>
  )
}

function Score({ attempt, onResult }: { attempt: AttemptView; onResult: () => void }) {
  const { t } = useTranslation()
  const { points, maxPoints } = attempt
  return (
    <button
      type="button"
      onClick={onResult}
      className="inline-flex h-7 items-center gap-2 rounded-full border border-line px-2.5 text-sm whitespace-nowrap text-muted tabular transition-colors hover:bg-hover hover:text-ink"
    >
      <Ring share={maxPoints === 0 ? 0 : points / maxPoints} size={15} />
      <span className="sr-only">{t('lab.points')}: </span>
      {t('attempt.points', { points, max: maxPoints })}
    </button>
  )
}

function LabMenu({ attempt }: { attempt: AttemptView }) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState(false)
  const reset = useResetLab(attempt.id)
  return (
    <>
      <Menu
        trigger={
          <IconButton label={t('lab.menu')}>
            <Ellipsis aria-hidden="true" />
          </IconButton>
        }
      >
        <MenuItem onSelect={() => setAsking(true)}>
          <RotateCcw aria-hidden="true" />
          {t('lab.resetLab')}
        </MenuItem>
      </Menu>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t('lab.resetLabTitle')}
        text={t('lab.resetLabText')}
        action={t('lab.resetLab')}
        variant="danger"
        onConfirm={() => reset.mutate(undefined)}
      />
      <ActionFailure error={reset.error} onClose={reset.reset} />
    </>
  )
}
