import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

interface StageProps {
  icon: ReactNode
  title: string
  text?: ReactNode
  /** The ways on, right under the words, so that a small window shows them too. */
  actions?: ReactNode
  children?: ReactNode
  /** Said to screen readers when it changes: what is going on now. */
  live?: boolean
}

/** What stands where the terminals will be, as long as there are none: one state, in words, and the way on. */
export function Stage({ icon, title, text, actions, children, live = true }: StageProps) {
  const { t } = useTranslation()
  return (
    <section aria-label={t('environment.chip.label')} className="relative flex h-full flex-col overflow-y-auto bg-surface">
      <div className="animate-rise m-auto w-full max-w-xl px-6 py-5">
        <div className="flex items-start gap-4">
          <div className="flex size-10 shrink-0 items-center justify-center rounded-xl border border-line bg-sunken text-muted [&_svg]:size-5">
            {icon}
          </div>
          <div className="min-w-0 flex-1 pt-0.5" role={live ? 'status' : undefined}>
            <h2 className="text-lg font-semibold">{title}</h2>
            {text ? <p className="mt-0.5 text-pretty text-muted">{text}</p> : null}
          </div>
        </div>
        {actions ? <div className="mt-4 ml-14 flex flex-wrap gap-2">{actions}</div> : null}
        {children ? <div className="mt-5">{children}</div> : null}
      </div>
    </section>
  )
}
