import type { LabView } from '@wheelhouse/protocol'
import { ChevronLeft, ChevronRight, Flag } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '~/components/button'
import { Keys } from '~/components/keys'
import { LabHtml } from '~/components/lab-html'
import { StepNav } from './step-nav'
import { usePlaceInText } from './use-place-in-text'

interface InstructionsPanelProps {
  lab: LabView
  index: number
  onStep: (index: number) => void
  onFinish: () => void
  /** Whether every task of that step is passed. */
  isDone: (index: number) => boolean
  renderTask: (task: string) => ReactNode
}

/** The text of a lab, one step at a time. */
export function InstructionsPanel({ lab, index, onStep, onFinish, isDone, renderTask }: InstructionsPanelProps) {
  const { t } = useTranslation()
  const step = lab.steps[index]
  const place = usePlaceInText(step?.id, step?.html)
  if (!step) return null
  const last = index === lab.steps.length - 1
  return (
    <section aria-label={t('lab.panes.instructions')} className="flex h-full flex-col bg-surface">
      <StepNav lab={lab} index={index} onStep={onStep} isDone={isDone} />
      <section
        ref={place}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a text that scrolls must be scrollable by keyboard
        tabIndex={0}
        aria-label={step.title}
        className="relative min-h-0 flex-1 overflow-y-auto px-6 pt-5 pb-10 -outline-offset-2"
      >
        <article className="mx-auto max-w-[44rem]">
          <p className="text-xs text-faint tabular">{t('lab.stepOf', { step: index + 1, all: lab.steps.length })}</p>
          <h1 className="mt-1 mb-4 text-xl leading-snug font-semibold">{step.title}</h1>
          <LabHtml html={step.html} renderTask={renderTask} />
          <UnplacedTasks html={step.html} tasks={step.tasks} renderTask={renderTask} />
        </article>
      </section>
      <footer className="@container shrink-0 border-t border-line px-4 py-2.5">
        <div className="flex items-center justify-between gap-2">
          <Button variant="ghost" disabled={index === 0} onClick={() => onStep(index - 1)}>
            <ChevronLeft aria-hidden="true" />
            {t('lab.previous')}
            <span className="hidden @min-[22rem]:lg:inline" aria-hidden="true">
              <Keys keys="[" />
            </span>
          </Button>
          {last ? (
            <Button variant="primary" onClick={onFinish}>
              <Flag aria-hidden="true" />
              {t('lab.finish')}
            </Button>
          ) : (
            <Button variant="secondary" onClick={() => onStep(index + 1)}>
              <span className="hidden @min-[22rem]:lg:inline" aria-hidden="true">
                <Keys keys="]" />
              </span>
              {t('lab.next')}
              <ChevronRight aria-hidden="true" />
            </Button>
          )}
        </div>
      </footer>
    </section>
  )
}

interface UnplacedTasksProps {
  html: string
  tasks: string[]
  renderTask: (task: string) => ReactNode
}

/** Tasks that belong to the step and that its text gives no place. */
function UnplacedTasks({ html, tasks, renderTask }: UnplacedTasksProps) {
  const unplaced = tasks.filter((task) => !html.includes(`data-task="${task}"`))
  return unplaced.map((task) => (
    <div key={task} className="mt-6">
      {renderTask(task)}
    </div>
  ))
}
