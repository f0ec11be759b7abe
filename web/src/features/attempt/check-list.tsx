import { clsx } from 'clsx'
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Tip } from '~/components/tip'
import { formatSpan } from '~/lib/format'
import { useLanguage } from '~/lib/settings'
import { EvidenceList } from './evidence-list'
import { MarkIcon } from './mark-icon'
import type { CheckLine } from './task-state'
import { useMarkText } from './use-mark-text'

/** Every check of a task; one that did not pass shows its evidence at once, any other on request. */
export function CheckList({ lines }: { lines: CheckLine[] }) {
  return (
    <ul className="divide-y divide-line">
      {lines.map((line) => (
        <CheckRow key={line.id} line={line} />
      ))}
    </ul>
  )
}

/** What somebody asked for is no use below the end of a small panel; with the line of its check, which says what it is about. */
const intoSight = (element: HTMLElement | null) => element?.closest('li')?.scrollIntoView?.({ block: 'nearest' })

const explainsItself = ({ mark }: CheckLine) => mark !== 'passed' && mark !== 'untried'

function CheckRow({ line }: { line: CheckLine }) {
  const { t } = useTranslation()
  const markText = useMarkText()
  const [chosen, setChosen] = useState<boolean | null>(null)
  const { result } = line
  const open = result !== null && (chosen ?? explainsItself(line))
  return (
    <li>
      <button
        type="button"
        disabled={result === null}
        aria-expanded={result === null ? undefined : open}
        onClick={() => setChosen(!open)}
        className="flex w-full items-start gap-3 px-4 py-2 text-left transition-colors enabled:hover:bg-hover"
      >
        <span className="mt-0.5">
          <MarkIcon mark={line.mark} />
        </span>
        <span className="min-w-0 flex-1">
          <span className="sr-only">{markText(line.mark)}: </span>
          {line.title}
          <Remark line={line} />
        </span>
        <Worth line={line} />
        <ChevronRight
          aria-hidden="true"
          className={clsx(
            'mt-1 size-3.5 shrink-0 text-faint transition-transform',
            open && 'rotate-90',
            result === null && 'invisible',
          )}
        />
      </button>
      {open && result ? (
        <section
          ref={chosen ? intoSight : undefined}
          aria-label={t('attempt.evidenceOf', { check: line.title })}
          className="animate-fade pr-4 pb-3.5 pl-[2.875rem]"
        >
          <EvidenceList result={result} />
        </section>
      ) : null}
    </li>
  )
}

/** A word behind the title, where the state is not the whole story. */
function Remark({ line }: { line: CheckLine }) {
  const { t } = useTranslation()
  switch (line.mark) {
    case 'not-yet':
    case 'error':
      return (
        <span className={`ml-2 text-xs ${line.mark === 'error' ? 'text-error' : 'text-not-yet'}`}>
          {t(`attempt.status.${line.mark}`)}
        </span>
      )
    case 'not-gradable':
      return (
        <Tip text={t('attempt.notGradableHint')}>
          <span className="ml-2 text-xs text-faint">{t('attempt.notGradable')}</span>
        </Tip>
      )
    default:
      return null
  }
}

function Worth({ line }: { line: CheckLine }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const took = line.result ? (
    <span className="hidden text-faint sm:inline" title={t('attempt.tookLabel')}>
      {formatSpan(language, line.result.tookMs)}
    </span>
  ) : null
  return (
    <span className="mt-px flex shrink-0 items-center gap-3 text-xs text-muted tabular">
      {took}
      {line.guard ? (
        <Tip text={t('attempt.guardHint')}>
          <span className="rounded-full border border-line px-2 py-px text-faint">{t('attempt.guard')}</span>
        </Tip>
      ) : (
        <span className={clsx(line.mark === 'passed' && 'font-medium text-passed')}>
          <span aria-hidden="true">{t('attempt.points', { points: line.result?.points ?? 0, max: line.points })}</span>
          <span className="sr-only">{t('attempt.pointsLong', { points: line.result?.points ?? 0, max: line.points })}</span>
        </span>
      )}
    </span>
  )
}
