import type { CheckpointView } from '@wheelhouse/protocol'
import { Bookmark, CircleCheck, CopyPlus, Flag, RotateCcw, Trash2, Undo2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '~/components/button'
import { IconButton } from '~/components/icon-button'
import { Spinner } from '~/components/spinner'
import { serverNow } from '~/lib/clock'
import { formatMoment, formatSpan } from '~/lib/format'
import { useLanguage } from '~/lib/settings'

const ICONS = { start: Flag, solved: CircleCheck, 'before-reset': RotateCcw, 'before-return': Undo2, named: Bookmark } as const
/** After an hour the time of the day says more than how long ago it was. */
const LONG_AGO_MS = 3_600_000

interface CheckpointRowProps {
  checkpoint: CheckpointView
  titleOf: (task: string) => string
  /** Something is being done with this one. */
  busy: boolean
  /** Something is being done with one of them. */
  disabled: boolean
  onGoBack: () => void
  onFork: () => void
  onForget: () => void
}

/** One kept state: what it is, when it was, and the ways from it. */
export function CheckpointRow({ checkpoint, titleOf, busy, disabled, onGoBack, onFork, onForget }: CheckpointRowProps) {
  const { t } = useTranslation()
  const label = useLabel(checkpoint, titleOf)
  const Icon = ICONS[checkpoint.kind]
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 py-2.5 pr-2 pl-3.5">
      <Icon className={`size-4 shrink-0 ${checkpoint.kind === 'named' ? 'text-accent' : 'text-faint'}`} aria-hidden="true" />
      <div className="min-w-40 flex-1">
        <p className="truncate font-medium" title={label}>
          {label}
        </p>
        <When takenAtMs={checkpoint.takenAtMs} />
      </div>
      <div className="ml-auto flex items-center gap-1.5">
        <Button size="sm" disabled={disabled} aria-label={`${t('checkpoints.goBack')}: ${label}`} onClick={onGoBack}>
          {busy ? <Spinner /> : <Undo2 aria-hidden="true" />}
          {t('checkpoints.goBack')}
        </Button>
        <Button size="sm" disabled={disabled} aria-label={`${t('checkpoints.fork')}: ${label}`} onClick={onFork}>
          <CopyPlus aria-hidden="true" />
          {t('checkpoints.fork')}
        </Button>
        <IconButton label={`${t('checkpoints.forget')}: ${label}`} disabled={disabled} onClick={onForget}>
          <Trash2 />
        </IconButton>
      </div>
    </li>
  )
}

function useLabel({ kind, task, name }: CheckpointView, titleOf: (task: string) => string): string {
  const { t } = useTranslation()
  switch (kind) {
    case 'named':
      return name ?? ''
    case 'solved':
      return t('checkpoints.solved', { task: titleOf(task ?? '') })
    case 'before-reset':
      return task === null ? t('checkpoints.beforeResetOfAll') : t('checkpoints.beforeReset', { task: titleOf(task) })
    case 'before-return':
      return t('checkpoints.beforeReturn')
    case 'start':
      return t('checkpoints.start')
  }
}

function When({ takenAtMs }: { takenAtMs: number }) {
  const { t } = useTranslation()
  const language = useLanguage()
  // To the second: nobody counts tenths back.
  const agoMs = Math.max(1, Math.round((serverNow() - takenAtMs) / 1000)) * 1000
  const text =
    agoMs < LONG_AGO_MS ? t('checkpoints.ago', { span: formatSpan(language, agoMs) }) : formatMoment(language, takenAtMs)
  return <p className="text-sm text-faint tabular">{text}</p>
}
