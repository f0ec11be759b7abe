import type { Step } from '@wheelhouse/protocol'
import { clsx } from 'clsx'
import { Check, ChevronRight, Minus, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Output } from '~/components/output'
import { Spinner } from '~/components/spinner'
import { formatClock, formatExpected, formatExpectedSpan, formatSpan } from '~/lib/format'
import { useSay } from '~/lib/i18n'
import { useLanguage } from '~/lib/settings'

/** The named steps of long work. Each opens to show what it printed. */
export function Steps({ steps }: { steps: readonly ShownStep[] }) {
  const { t } = useTranslation()
  return (
    <ol aria-label={t('environment.provisioning.steps')} className="overflow-hidden rounded-xl border border-line bg-canvas">
      {steps.map((step) => (
        <StepLine key={step.name} step={step} />
      ))}
    </ol>
  )
}

/** A step with the time as the page counts it on between two messages of the server. */
export type ShownStep = Step & { shownMs: number }

function StepLine({ step }: { step: ShownStep }) {
  const { t } = useTranslation()
  const say = useSay()
  const [open, setOpen] = useState(step.status === 'failed')
  const line = useRef<HTMLLIElement>(null)
  const isRunning = step.status === 'running'
  // In a low window the list is longer than its place: what happens now is to be seen.
  useEffect(() => {
    if (isRunning) line.current?.scrollIntoView({ block: 'nearest' })
  }, [isRunning])
  const quiet = step.status === 'waiting' || step.status === 'skipped'
  return (
    <li ref={line} className="border-b border-line last:border-b-0" aria-current={isRunning ? 'step' : undefined}>
      <button
        type="button"
        aria-expanded={open}
        disabled={step.status === 'waiting'}
        onClick={() => setOpen(!open)}
        className="group flex w-full items-center gap-3 px-3.5 py-1.5 text-left transition-colors enabled:hover:bg-hover"
      >
        <StepIcon status={step.status} />
        <span className={clsx('min-w-0 flex-1 truncate', quiet ? 'text-faint' : 'text-ink', isRunning && 'font-medium')}>
          {say(step.title)}
          <span className="sr-only">, {t(`environment.provisioning.status.${step.status}`)}</span>
        </span>
        <StepTime step={step} />
        <ChevronRight
          aria-hidden="true"
          className={clsx(
            'size-3.5 text-faint transition-transform',
            open && 'rotate-90',
            step.status === 'waiting' && 'invisible',
          )}
        />
      </button>
      {open ? (
        <Output
          label={t('environment.provisioning.log')}
          fromEnd
          text={step.log?.trim() || t('environment.provisioning.noLog')}
          className="max-h-52 border-t border-line bg-sunken px-3.5 py-2.5 text-muted"
        />
      ) : null}
    </li>
  )
}

function StepTime({ step }: { step: ShownStep }) {
  const { t } = useTranslation()
  const language = useLanguage()
  switch (step.status) {
    case 'waiting':
      return step.expectedMs === null ? null : (
        <span className="text-xs text-faint tabular">
          {t('environment.provisioning.expected', { span: formatExpectedSpan(language, step.expectedMs) })}
        </span>
      )
    case 'running':
      return (
        <span className="text-xs text-muted tabular">
          {formatClock(step.shownMs)}
          {step.expectedMs === null ? null : <span className="text-faint"> / {formatExpected(step.expectedMs)}</span>}
        </span>
      )
    case 'done':
    case 'failed':
      return <span className="text-xs text-faint tabular">{formatSpan(language, step.elapsedMs)}</span>
    case 'skipped':
      return null
  }
}

function StepIcon({ status }: { status: Step['status'] }) {
  switch (status) {
    case 'waiting':
      return <span className="mx-1 size-2 rounded-full border-[1.5px] border-line-strong" aria-hidden="true" />
    case 'running':
      return <Spinner className="size-4 text-accent" />
    case 'done':
      return <Check className="animate-pop size-4 text-passed" strokeWidth={2.5} aria-hidden="true" />
    case 'failed':
      return <X className="size-4 text-failed" strokeWidth={2.5} aria-hidden="true" />
    case 'skipped':
      return <Minus className="size-4 text-faint" aria-hidden="true" />
  }
}
