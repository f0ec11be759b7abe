import { type MouseEvent, memo, type ReactNode, useLayoutEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { useTranslation } from 'react-i18next'
import { copyText } from '~/lib/clipboard'
import { useTrueHome } from '~/lib/home'
import { type RunOutcome, useRunInTerminal } from '~/lib/run-in-terminal'

interface LabHtmlProps {
  /** Sanitised by the server. */
  html: string
  /** What stands where the text places a task. */
  renderTask?: (task: string) => ReactNode
}

/**
 * A text of a lab, as docs/authoring.md describes it: `data-run` and `data-copy` on buttons and inline code, `data-task` on the
 * places of tasks.
 * The text itself is never touched by React after it is there, so that selections and scroll positions stay.
 */
export function LabHtml({ html: written, renderTask }: LabHtmlProps) {
  const html = useTrueHome()(written)
  const root = useRef<HTMLDivElement>(null)
  const [places, setPlaces] = useState<HTMLElement[]>([])
  const { said, handleClick } = useTextClicks()
  // biome-ignore lint/correctness/useExhaustiveDependencies: new html brings new places
  useLayoutEffect(() => {
    setPlaces([...(root.current?.querySelectorAll<HTMLElement>('[data-task]') ?? [])])
  }, [html])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: clicks of the buttons inside are heard here, once for all of them
    // biome-ignore lint/a11y/useKeyWithClickEvents: buttons turn keys into clicks themselves; copying inline code has Ctrl+C beside it
    <div onClick={handleClick}>
      <RawHtml html={html} holder={root} />
      {renderTask ? places.map((place) => createPortal(renderTask(place.dataset.task ?? ''), place, place.dataset.task)) : null}
      <span className="sr-only" role="status">
        {said}
      </span>
    </div>
  )
}

const RawHtml = memo(({ html, holder }: { html: string; holder: React.RefObject<HTMLDivElement | null> }) => (
  // biome-ignore lint/security/noDangerouslySetInnerHtml: the server sanitises every text of a lab (docs/authoring.md)
  <div ref={holder} className="prose" dangerouslySetInnerHTML={{ __html: html }} />
))

/** How long a button shows that it was heard. */
const SHOWN_FOR_MS = 1_600

function useTextClicks() {
  const { t } = useTranslation()
  const run = useRunInTerminal()
  const [said, setSaid] = useState('')
  const outcomes: Record<RunOutcome, string> = { sent: t('lab.code.ran'), ignored: '', 'not-ready': t('lab.code.notReady') }

  const answer = (element: HTMLElement, done: string, text: string) => {
    setSaid(text)
    element.dataset.done = done
    element.dataset.says = text
    setTimeout(() => {
      delete element.dataset.done
      delete element.dataset.says
    }, SHOWN_FOR_MS)
  }
  const copy = async (element: HTMLElement, text: string) => {
    if (await copyText(text)) answer(element, 'copy', t('lab.code.copied'))
  }
  const handleClick = (event: MouseEvent<HTMLElement>) => {
    const target = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-run], [data-copy]') : null
    if (!target) return
    const { run: command, copy: text = '', machine = null } = target.dataset
    if (command !== undefined) {
      const outcome = run({ machine, text: command })
      if (outcome !== 'ignored') answer(target, outcome, outcomes[outcome])
    } else if (!isSelecting()) void copy(target, text)
  }
  return { said, handleClick }
}

/** Whoever marks a part of inline code with the pointer wants that part. */
const isSelecting = () => getSelection()?.isCollapsed === false
