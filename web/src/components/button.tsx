import { clsx } from 'clsx'
import type { ComponentProps } from 'react'

export type ButtonVariant = 'primary' | 'secondary' | 'ghost' | 'danger'

const VARIANTS: Record<ButtonVariant, string> = {
  primary: 'bg-accent text-accent-ink hover:bg-accent-hover shadow-low',
  secondary: 'border border-line-strong bg-surface text-ink hover:bg-hover shadow-low',
  ghost: 'text-muted hover:bg-hover hover:text-ink',
  danger: 'border border-failed-line bg-surface text-failed hover:bg-failed-soft',
}
const SIZES = { sm: 'h-7 px-2.5 text-sm gap-1.5', md: 'h-8 px-3 text-base gap-2', lg: 'h-10 px-4 text-lg gap-2' }

export interface ButtonLook {
  variant?: ButtonVariant
  size?: keyof typeof SIZES
}

/** The classes of a button, for what must be a link but looks like one. */
export const buttonClass = ({ variant = 'secondary', size = 'md' }: ButtonLook = {}) =>
  clsx(
    'inline-flex shrink-0 items-center justify-center rounded-md font-medium whitespace-nowrap select-none',
    'transition-colors duration-100 disabled:pointer-events-none disabled:opacity-50 aria-disabled:opacity-50',
    '[&_svg]:size-4 [&_svg]:shrink-0',
    VARIANTS[variant],
    SIZES[size],
  )

export function Button({ variant, size, className, type = 'button', ...props }: ComponentProps<'button'> & ButtonLook) {
  const look = { ...(variant ? { variant } : {}), ...(size ? { size } : {}) }
  return <button type={type} className={clsx(buttonClass(look), className)} {...props} />
}
