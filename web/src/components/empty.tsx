import type { ReactNode } from 'react'
import { Words } from './words'

/** Nothing to show, and what one can do about it. */
export function Empty({ icon, title, text, action }: { icon: ReactNode; title: string; text: string; action?: ReactNode }) {
  return (
    <div className="animate-rise mx-auto flex max-w-sm flex-col items-center px-4 py-16 text-center">
      <div className="mb-4 flex size-11 items-center justify-center rounded-xl border border-line bg-surface text-faint shadow-low [&_svg]:size-5">
        {icon}
      </div>
      <h2 className="text-lg font-semibold">{title}</h2>
      <p className="mt-1 text-balance text-muted">
        <Words text={text} />
      </p>
      {action ? <div className="mt-5">{action}</div> : null}
    </div>
  )
}
