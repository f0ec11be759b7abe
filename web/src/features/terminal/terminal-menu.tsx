import { ClipboardPaste, Copy, Eraser, Minus, Plus, Search, TextSelect } from 'lucide-react'
import { ContextMenu } from 'radix-ui'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { Keys } from '~/components/keys'
import type { TerminalScreen } from './terminal-screen'
import { changeFontSize } from './terminal-settings'

const ITEM =
  'flex min-h-8 cursor-default items-center gap-2.5 rounded-md px-2.5 py-1 text-base text-ink outline-none select-none data-[disabled]:opacity-45 data-[highlighted]:bg-hover [&_svg]:size-4 [&_svg]:text-muted'

interface TerminalMenuProps {
  screen: TerminalScreen | null
  onFind: () => void
  children: ReactElement
}

/** What a right click offers, unless a program in the terminal takes the mouse; with Shift it is always ours. */
export function TerminalMenu({ screen, onFind, children }: TerminalMenuProps) {
  const { t } = useTranslation()
  const keepForProgram = (event: React.MouseEvent) => {
    if (screen && screen.xterm.modes.mouseTrackingMode !== 'none' && !event.shiftKey) event.preventDefault()
  }
  const items = [
    { name: 'copy', icon: <Copy />, keys: 'Ctrl+Shift+C', act: () => screen?.copySelection() },
    { name: 'paste', icon: <ClipboardPaste />, keys: 'Ctrl+Shift+V', act: () => void paste(screen) },
    { name: 'selectAll', icon: <TextSelect />, act: () => screen?.xterm.selectAll() },
    { name: 'find', icon: <Search />, keys: 'Ctrl+Shift+F', act: onFind },
    { name: 'clear', icon: <Eraser />, act: () => screen?.xterm.clear() },
    { name: 'larger', icon: <Plus />, act: () => changeFontSize(1) },
    { name: 'smaller', icon: <Minus />, act: () => changeFontSize(-1) },
  ] as const
  return (
    <ContextMenu.Root modal={false}>
      <ContextMenu.Trigger asChild onContextMenu={keepForProgram}>
        {children}
      </ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Content
          className="animate-fade z-50 min-w-56 rounded-lg bg-raised p-1 shadow-high"
          onCloseAutoFocus={(event) => event.preventDefault()}
        >
          {items.map((item) => (
            <ContextMenu.Item
              key={item.name}
              className={ITEM}
              disabled={item.name === 'copy' && !screen?.xterm.hasSelection()}
              onSelect={() => {
                item.act()
                if (item.name !== 'find') screen?.xterm.focus()
              }}
            >
              {item.icon}
              <span className="flex-1 pr-6">{t(`terminal.menu.${item.name}`)}</span>
              {'keys' in item ? <Keys keys={item.keys} /> : null}
            </ContextMenu.Item>
          ))}
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  )
}

/** Where the browser does not let a page read the clipboard, its own keys still paste. */
async function paste(screen: TerminalScreen | null): Promise<void> {
  try {
    screen?.xterm.paste(await navigator.clipboard.readText())
  } catch {
    screen?.xterm.focus()
  }
}
