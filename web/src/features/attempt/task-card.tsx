import type { AttemptTaskView, AttemptView, LabTaskView } from '@wheelhouse/protocol'
import { ArrowRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { LabHtml } from '~/components/lab-html'
import { MarkIcon } from './mark-icon'
import { TaskButton } from './task-button'
import { taskMark } from './task-state'
import { useMarkText } from './use-mark-text'

interface TaskCardProps {
  task: LabTaskView
  number: number
  attempt: AttemptView | undefined
  state: AttemptTaskView | undefined
  onShow: () => void
}

/** A task where it stands in the text: what must be true at the end, how it stands, and the button that checks it. */
export function TaskCard({ task, number, attempt, state, onShow }: TaskCardProps) {
  const { t } = useTranslation()
  const markText = useMarkText()
  const mark = taskMark(state)
  return (
    <section
      aria-label={`${t('attempt.task', { number })}: ${task.title}`}
      className="overflow-hidden rounded-xl border border-line bg-canvas"
    >
      <header className="flex items-start gap-3 px-4 pt-3.5">
        <span className="mt-0.5" title={markText(mark)}>
          <MarkIcon mark={mark} />
        </span>
        <div className="min-w-0 flex-1">
          <p className="text-xs text-faint tabular">
            {t('attempt.task', { number })} · {t('common.minutes', { count: task.minutes })} ·{' '}
            <Difficulty level={task.difficulty} /> · <span className="font-mono">{task.machine}</span>
          </p>
          <h3 className="text-[0.9375rem] leading-6 font-semibold">{task.title}</h3>
        </div>
        <span className="shrink-0 pt-0.5 text-sm text-muted tabular">
          <span aria-hidden="true">{t('attempt.points', { points: state?.bestPoints ?? 0, max: task.maxPoints })}</span>
          <span className="sr-only">{t('attempt.pointsLong', { points: state?.bestPoints ?? 0, max: task.maxPoints })}</span>
        </span>
      </header>
      <div className="px-4 pt-2 pb-4">
        <LabHtml html={task.html} />
      </div>
      <footer className="flex items-center justify-between gap-3 border-t border-line bg-surface px-4 py-2.5">
        <button
          type="button"
          onClick={onShow}
          className="inline-flex items-center gap-1.5 rounded-sm text-sm text-muted hover:text-ink"
        >
          {markText(mark)}
          <span aria-hidden="true">·</span>
          {t('attempt.goToTask')}
          <ArrowRight className="size-3.5" aria-hidden="true" />
        </button>
        {attempt && state ? <TaskButton task={task} attempt={attempt} state={state} /> : null}
      </footer>
    </section>
  )
}

const LEVELS = ['easy', 'medium', 'hard'] as const

function Difficulty({ level }: { level: number }) {
  const { t } = useTranslation()
  return <span title={t('attempt.difficulty.label')}>{t(`attempt.difficulty.${LEVELS[level - 1] ?? 'medium'}`)}</span>
}
