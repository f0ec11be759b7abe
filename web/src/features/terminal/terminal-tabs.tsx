import type { TerminalView } from '@wheelhouse/protocol'
import { X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

export const TAB_DRAG_TYPE = 'application/x-wheelhouse-terminal'

interface TerminalTabsProps {
  terminals: readonly TerminalView[]
  /** The one in front. */
  front: string | undefined
  /** Those that are seen. */
  shown: readonly string[]
  onShow: (id: string) => void
  /** Gives the keyboard to the terminal in front. */
  onEnter: () => void
  onRename: (id: string, title: string) => void
  onClose: (id: string) => void
}

export const tabId = (terminal: string) => `terminal-tab-${terminal}`
export const paneId = (terminal: string) => `terminal-pane-${terminal}`

/** The terminals by name. Arrows go along, Enter goes into the terminal, F2 renames, Delete closes. */
export function TerminalTabs({ terminals, front, shown, onShow, onEnter, onRename, onClose }: TerminalTabsProps) {
  const { t } = useTranslation()
  const [renaming, setRenaming] = useState<string | null>(null)
  const goTo = (index: number) => {
    const next = terminals[(index + terminals.length) % terminals.length]
    if (!next) return
    onShow(next.id)
    document.getElementById(tabId(next.id))?.focus()
  }
  const handleKeyDown = (event: React.KeyboardEvent, terminal: TerminalView, index: number) => {
    const actions: Record<string, () => void> = {
      ArrowRight: () => goTo(index + 1),
      ArrowLeft: () => goTo(index - 1),
      Home: () => goTo(0),
      End: () => goTo(terminals.length - 1),
      Enter: onEnter,
      ' ': onEnter,
      ArrowDown: onEnter,
      F2: () => setRenaming(terminal.id),
      Delete: () => onClose(terminal.id),
    }
    const action = actions[event.key]
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    event.stopPropagation()
    action()
  }
  return (
    <div
      role="tablist"
      aria-label={t('terminal.tabs')}
      className="flex min-w-0 items-stretch gap-0.5 overflow-x-auto overflow-y-hidden [scrollbar-width:none]"
    >
      {terminals.map((terminal, index) =>
        renaming === terminal.id ? (
          <NameField
            key={terminal.id}
            terminal={terminal}
            onDone={(title) => {
              setRenaming(null)
              if (title && title !== terminal.title) onRename(terminal.id, title)
            }}
          />
        ) : (
          <Tab
            key={terminal.id}
            terminal={terminal}
            isFront={terminal.id === front}
            isShown={shown.includes(terminal.id)}
            onClick={() => {
              onShow(terminal.id)
              onEnter()
            }}
            onDoubleClick={() => setRenaming(terminal.id)}
            onKeyDown={(event) => handleKeyDown(event, terminal, index)}
            onClose={() => onClose(terminal.id)}
          />
        ),
      )}
    </div>
  )
}

interface TabProps {
  terminal: TerminalView
  isFront: boolean
  isShown: boolean
  onClick: () => void
  onDoubleClick: () => void
  onKeyDown: (event: React.KeyboardEvent) => void
  onClose: () => void
}

function Tab({ terminal, isFront, isShown, onClick, onDoubleClick, onKeyDown, onClose }: TabProps) {
  const { t } = useTranslation()
  return (
    <button
      type="button"
      role="tab"
      id={tabId(terminal.id)}
      aria-selected={isFront}
      data-shown={isShown || undefined}
      aria-controls={paneId(terminal.id)}
      tabIndex={isFront ? 0 : -1}
      title={t('terminal.renameHint')}
      draggable
      onDragStart={(event) => event.dataTransfer.setData(TAB_DRAG_TYPE, terminal.id)}
      onClick={onClick}
      onAuxClick={(event) => event.button === 1 && onClose()}
      onDoubleClick={onDoubleClick}
      onKeyDown={onKeyDown}
      className="group relative flex h-9 max-w-48 items-center gap-1 pr-1.5 pl-3 text-base text-muted transition-colors duration-100 hover:text-ink after:absolute after:inset-x-2 after:bottom-0 after:h-0.5 after:rounded-full data-shown:text-ink data-shown:after:bg-line-strong aria-selected:text-ink aria-selected:after:bg-accent!"
    >
      <span className="truncate">{terminal.title}</span>
      {/* For the pointer alone: the keyboard has Delete, and a button inside a tab would be one too many for screen readers. */}
      <span
        aria-hidden="true"
        title={t('terminal.close')}
        data-close=""
        onClick={(event) => {
          event.stopPropagation()
          onClose()
        }}
        onDoubleClick={(event) => event.stopPropagation()}
        className="inline-flex size-5 items-center justify-center rounded opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100 group-aria-selected:opacity-60 hover:!opacity-100 hover:bg-hover [&_svg]:size-3.5"
      >
        <X />
      </span>
    </button>
  )
}

/** Enter keeps the name, Escape the old one. */
function NameField({ terminal, onDone }: { terminal: TerminalView; onDone: (title: string | null) => void }) {
  const { t } = useTranslation()
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.select(), [])
  return (
    <input
      ref={field}
      defaultValue={terminal.title}
      maxLength={60}
      aria-label={t('terminal.name')}
      onBlur={(event) => onDone(event.target.value.trim())}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'Enter') onDone(event.currentTarget.value.trim())
        if (event.key === 'Escape') onDone(null)
      }}
      className="my-1 w-32 rounded-md border border-accent-line bg-surface px-2 text-base text-ink outline-none"
    />
  )
}
