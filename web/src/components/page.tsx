import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'

interface PageProps {
  title: string
  lead?: string
  aside?: ReactNode
  children: ReactNode
}

/** A page of text and lists: its title, a sentence on what it is for, its content in a column. */
export function Page({ title, lead, aside, children }: PageProps) {
  useDocumentTitle(title)
  return (
    <div data-page="" className="mx-auto w-full max-w-6xl px-5 pt-9 pb-16 sm:px-8">
      <div className="mb-7 flex flex-wrap items-end justify-between gap-4">
        <div>
          <h1 className="text-2xl font-semibold">{title}</h1>
          {lead ? <p className="mt-1.5 max-w-2xl text-[0.9375rem] text-balance text-muted">{lead}</p> : null}
        </div>
        {aside}
      </div>
      {children}
    </div>
  )
}

export function useDocumentTitle(title: string): void {
  const { t } = useTranslation()
  const product = t('common.product')
  useEffect(() => {
    document.title = title ? `${title} · ${product}` : product
  }, [title, product])
}
