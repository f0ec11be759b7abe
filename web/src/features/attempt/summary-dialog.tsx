import { Link } from '@tanstack/react-router'
import type { AttemptView, LabCard, LabTaskView } from '@wheelhouse/protocol'
import { ArrowRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button, buttonClass } from '~/components/button'
import { Dialog } from '~/components/dialog'
import { Ring } from '~/components/ring'
import { useServerNow } from '~/lib/clock'
import { formatSpan } from '~/lib/format'
import { useLanguage } from '~/lib/settings'
import { MarkIcon } from './mark-icon'
import { taskMark } from './task-state'

interface SummaryDialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  attempt: AttemptView
  tasks: LabTaskView[]
  next: LabCard | undefined
  onTask: (task: string) => void
}

/** How the lab went: points, time, what is still open, where to go from here. */
export function SummaryDialog({ open, onOpenChange, attempt, tasks, next, onTask }: SummaryDialogProps) {
  const { t } = useTranslation()
  const { points, maxPoints } = attempt
  const done = attempt.tasks.every((task) => task.passedAtMs !== null)
  return (
    <Dialog wide open={open} onOpenChange={onOpenChange} title={t('attempt.summary.title')}>
      <div className="mt-4 flex items-center gap-5">
        <Ring share={maxPoints === 0 ? 0 : points / maxPoints} size={72} width={7} />
        <div className="min-w-0">
          <p className="text-xl font-semibold">
            {done ? t('attempt.summary.done') : t('attempt.summary.open', { points, max: maxPoints })}
          </p>
          <p className="mt-0.5 text-muted">{done ? t('attempt.summary.doneText') : t('attempt.summary.openText')}</p>
        </div>
      </div>
      <Facts attempt={attempt} />
      <ul className="mt-5 divide-y divide-line rounded-xl border border-line">
        {tasks.map((task) => {
          const state = attempt.tasks.find((other) => other.task === task.id)
          return (
            <li key={task.id}>
              <button
                type="button"
                onClick={() => onTask(task.id)}
                className="flex w-full items-center gap-3 px-3.5 py-2 text-left hover:bg-hover"
              >
                <MarkIcon mark={taskMark(state)} />
                <span className="min-w-0 flex-1">{task.title}</span>
                <span className="text-sm text-muted tabular">
                  {t('attempt.points', { points: state?.bestPoints ?? 0, max: task.maxPoints })}
                </span>
              </button>
            </li>
          )
        })}
      </ul>
      <div className="mt-6 flex flex-wrap justify-end gap-2">
        <Link to="/" className={buttonClass({ variant: 'ghost' })}>
          {t('attempt.summary.all')}
        </Link>
        {next ? <NextLab next={next} primary={done} /> : null}
        <Button
          variant={done && next ? 'secondary' : 'primary'}
          className={done ? '-order-1' : ''}
          onClick={() => onOpenChange(false)}
        >
          {t('attempt.summary.stay')}
        </Button>
      </div>
    </Dialog>
  )
}

function NextLab({ next, primary }: { next: LabCard; primary: boolean }) {
  const { t } = useTranslation()
  const language = useLanguage()
  return (
    <Link
      to="/labs/$lab"
      params={{ lab: next.id }}
      className={buttonClass({ variant: primary ? 'primary' : 'secondary' })}
      title={next.title[language]}
    >
      {t('attempt.summary.next')}
      <ArrowRight aria-hidden="true" />
    </Link>
  )
}

function Facts({ attempt }: { attempt: AttemptView }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const now = useServerNow(attempt.finishedAtMs === null ? 10_000 : null)
  const passed = attempt.tasks.filter((task) => task.passedAtMs !== null).length
  const reveals = attempt.tasks.flatMap((task) => task.revealed)
  const facts = [
    { name: t('attempt.summary.tasks'), value: `${passed} / ${attempt.tasks.length}` },
    { name: t('attempt.summary.took'), value: formatSpan(language, (attempt.finishedAtMs ?? now) - attempt.startedAtMs) },
    { name: t('attempt.summary.help'), value: reveals.length === 0 ? t('attempt.summary.helpNone') : String(reveals.length) },
  ]
  return (
    <dl className="mt-5 grid grid-cols-3 gap-3">
      {facts.map(({ name, value }) => (
        <div key={name} className="rounded-xl border border-line px-3.5 py-2.5">
          <dt className="text-xs text-faint">{name}</dt>
          <dd className="mt-0.5 text-lg font-semibold tabular">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
