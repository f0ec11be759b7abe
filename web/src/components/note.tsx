import { clsx } from 'clsx'
import type { ReactNode } from 'react'

export type NoteTone = 'plain' | 'accent' | 'passed' | 'failed' | 'not-yet' | 'error'

const TONES: Record<NoteTone, string> = {
  plain: 'border-line bg-sunken text-muted',
  accent: 'border-accent-line bg-accent-soft text-ink [&>svg]:text-accent',
  passed: 'border-passed-line bg-passed-soft text-ink [&>svg]:text-passed',
  failed: 'border-failed-line bg-failed-soft text-ink [&>svg]:text-failed',
  'not-yet': 'border-not-yet-line bg-not-yet-soft text-ink [&>svg]:text-not-yet',
  error: 'border-error-line bg-error-soft text-ink [&>svg]:text-error',
}

/** A framed remark: an icon, then what there is to say. */
export function Note({
  tone = 'plain',
  icon,
  className,
  children,
}: {
  tone?: NoteTone
  icon?: ReactNode
  className?: string
  children: ReactNode
}) {
  return (
    <div
      className={clsx(
        'flex items-start gap-2.5 rounded-lg border px-3 py-2.5 text-sm [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0',
        TONES[tone],
        className,
      )}
    >
      {icon}
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  )
}
