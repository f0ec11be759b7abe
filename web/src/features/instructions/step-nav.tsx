import type { LabView } from '@wheelhouse/protocol'
import { clsx } from 'clsx'
import { Check, ListTree } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '~/components/icon-button'
import { Menu, MenuItem } from '~/components/menu'
import { Tip } from '~/components/tip'

interface StepNavProps {
  lab: LabView
  index: number
  onStep: (index: number) => void
  isDone: (index: number) => boolean
}

/** All steps as a row of segments, and by name in a menu. */
export function StepNav({ lab, index, onStep, isDone }: StepNavProps) {
  const { t } = useTranslation()
  return (
    <nav aria-label={t('lab.steps')} className="flex h-10 shrink-0 items-center gap-3 border-b border-line pr-2 pl-6">
      <ol className="flex min-w-0 flex-1 items-center gap-1">
        {lab.steps.map((step, at) => (
          <li key={step.id} className="min-w-0 flex-1">
            <Tip text={step.title}>
              <button
                type="button"
                aria-label={step.title}
                aria-current={at === index ? 'step' : undefined}
                onClick={() => onStep(at)}
                className="group flex h-6 w-full items-center"
              >
                <span
                  className={clsx(
                    'h-1 w-full rounded-full transition-colors duration-200',
                    isDone(at) ? 'bg-passed' : at === index ? 'bg-accent' : at < index ? 'bg-line-strong' : 'bg-pressed',
                    'group-hover:brightness-90',
                    at === index && 'ring-2 ring-accent-soft',
                  )}
                />
              </button>
            </Tip>
          </li>
        ))}
      </ol>
      <Menu
        trigger={
          <IconButton label={t('lab.steps')}>
            <ListTree aria-hidden="true" />
          </IconButton>
        }
      >
        {lab.steps.map((step, at) => (
          <MenuItem key={step.id} onSelect={() => onStep(at)}>
            <span className="w-5 text-right text-xs text-faint tabular">{at + 1}</span>
            <span className="min-w-0 flex-1">{step.title}</span>
            {isDone(at) ? <Check className="text-passed" aria-hidden="true" /> : null}
          </MenuItem>
        ))}
      </Menu>
    </nav>
  )
}
