import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from './icon-button'

interface DialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  /** A sentence under the title, read out with it. */
  text?: string
  wide?: boolean
  children?: ReactNode
}

/** A window over the page that takes the keyboard until it is closed. */
export function Dialog({ open, onOpenChange, title, text, wide = false, children }: DialogProps) {
  const { t } = useTranslation()
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="animate-fade fixed inset-0 z-40 bg-overlay" />
        <Radix.Content
          {...(text ? {} : { 'aria-describedby': undefined })}
          tabIndex={-1}
          onOpenAutoFocus={(event) => {
            // The window itself takes the keyboard: a button that nobody reached for should not look chosen.
            event.preventDefault()
            if (event.target instanceof HTMLElement) event.target.focus()
          }}
          className={`animate-rise fixed inset-x-0 top-[12vh] z-50 mx-auto flex max-h-[76vh] w-[calc(100%-2rem)] flex-col overflow-y-auto rounded-xl bg-raised p-5 shadow-high focus:outline-none ${wide ? 'max-w-2xl' : 'max-w-md'}`}
        >
          <div className="flex items-start justify-between gap-4">
            <Radix.Title className="text-lg font-semibold text-ink">{title}</Radix.Title>
            <Radix.Close asChild>
              <IconButton label={t('common.close')} className="-mt-1 -mr-1.5">
                <X />
              </IconButton>
            </Radix.Close>
          </div>
          {text ? <Radix.Description className="mt-2 text-base text-muted">{text}</Radix.Description> : null}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
