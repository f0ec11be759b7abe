import { clsx } from 'clsx'
import type { ComponentProps, ReactNode } from 'react'
import { Tip } from './tip'

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'aria-label'> {
  label: string
  /** Shown beside the label in the tip. */
  keys?: string
  children: ReactNode
}

/** A square button that shows an icon alone; its name is said to screen readers and shown as a tip. */
export function IconButton({ label, keys, className, children, ...props }: IconButtonProps) {
  return (
    <Tip text={label} {...(keys ? { keys } : {})}>
      <button
        type="button"
        aria-label={label}
        className={clsx(
          'inline-flex size-8 shrink-0 items-center justify-center rounded-md text-muted transition-colors duration-100',
          'hover:bg-hover hover:text-ink disabled:pointer-events-none disabled:opacity-40 data-[state=open]:bg-hover [&_svg]:size-4',
          className,
        )}
        {...props}
      >
        {children}
      </button>
    </Tip>
  )
}
