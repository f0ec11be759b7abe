import { Check } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { ComponentProps, ReactElement, ReactNode } from 'react'

const ITEM =
  'relative flex min-h-8 cursor-default items-center gap-2.5 rounded-md px-2.5 py-1 text-base text-ink outline-none select-none data-[disabled]:opacity-45 data-[highlighted]:bg-hover [&_svg]:size-4 [&_svg]:text-muted'

/** A list of actions that opens from `trigger`. */
export function Menu({ trigger, children }: { trigger: ReactElement; children: ReactNode }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          collisionPadding={8}
          className="animate-fade z-50 min-w-48 rounded-lg bg-raised p-1 shadow-high"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

export const MenuItem = ({ danger = false, ...props }: ComponentProps<typeof DropdownMenu.Item> & { danger?: boolean }) => (
  <DropdownMenu.Item className={`${ITEM} ${danger ? 'text-failed [&_svg]:text-failed' : ''}`} {...props} />
)

export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <DropdownMenu.Label className="px-2.5 pt-1.5 pb-1 text-xs font-medium text-faint">{children}</DropdownMenu.Label>
)

export const MenuLine = () => <DropdownMenu.Separator className="mx-1 my-1 h-px bg-line" />

export const MenuChoices = DropdownMenu.RadioGroup

export function MenuChoice({ children, ...props }: ComponentProps<typeof DropdownMenu.RadioItem>) {
  return (
    <DropdownMenu.RadioItem className={`${ITEM} pr-8`} {...props}>
      {children}
      <DropdownMenu.ItemIndicator className="absolute right-2.5">
        <Check />
      </DropdownMenu.ItemIndicator>
    </DropdownMenu.RadioItem>
  )
}

export function MenuSwitch({ children, ...props }: ComponentProps<typeof DropdownMenu.CheckboxItem>) {
  return (
    <DropdownMenu.CheckboxItem className={`${ITEM} pr-8`} {...props}>
      {children}
      <DropdownMenu.ItemIndicator className="absolute right-2.5">
        <Check />
      </DropdownMenu.ItemIndicator>
    </DropdownMenu.CheckboxItem>
  )
}
