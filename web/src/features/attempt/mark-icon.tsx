import { Ban, Check, Circle, Clock3, TriangleAlert, X } from 'lucide-react'
import { Spinner } from '~/components/spinner'
import type { Mark } from './task-state'

const DISC = 'inline-flex size-[1.125rem] shrink-0 items-center justify-center rounded-full [&_svg]:size-3'

/**
 * The state of a check or of a task. Shape and colour differ, so that neither needs the other: a tick, a cross, a clock for
 * "not yet", a warning sign for our own faults.
 */
export function MarkIcon({ mark }: { mark: Mark }) {
  switch (mark) {
    case 'passed':
      return (
        <span aria-hidden="true" className={`animate-pop ${DISC} bg-passed text-surface`}>
          <Check strokeWidth={3} />
        </span>
      )
    case 'failed':
      return (
        <span aria-hidden="true" className={`animate-pop ${DISC} bg-failed text-surface`}>
          <X strokeWidth={3} />
        </span>
      )
    case 'not-yet':
      return <Clock3 aria-hidden="true" className="animate-pop size-[1.125rem] shrink-0 text-not-yet" strokeWidth={2.25} />
    case 'error':
      return <TriangleAlert aria-hidden="true" className="size-[1.125rem] shrink-0 text-error" />
    case 'checking':
    case 'preparing':
      return (
        <span aria-hidden="true" className={DISC}>
          <Spinner className={mark === 'checking' ? 'size-4 text-accent' : 'size-4 text-faint'} />
        </span>
      )
    case 'untried':
      return <Circle aria-hidden="true" className="size-[1.125rem] shrink-0 text-line-strong" strokeWidth={1.75} />
    case 'not-gradable':
      return <Ban aria-hidden="true" className="size-[1.125rem] shrink-0 text-faint" strokeWidth={1.75} />
  }
}
