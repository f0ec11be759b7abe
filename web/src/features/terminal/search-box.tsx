import { ChevronDown, ChevronUp, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '~/components/icon-button'
import { useStore } from '~/lib/store'
import type { TerminalScreen } from './terminal-screen'

/** Searches screen and scrollback while one types; Enter goes up to the one before, as the newest is at the bottom. */
export function SearchBox({ screen, onClose }: { screen: TerminalScreen; onClose: () => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const found = useStore(screen.found)
  const handleKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Escape') onClose()
    else if (event.key === 'Enter') screen.find(text, event.shiftKey ? 'next' : 'previous')
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <search className="animate-fade absolute top-2 right-4 z-10 flex items-center gap-0.5 rounded-lg bg-raised p-1 pl-3 shadow-high">
      <input
        // biome-ignore lint/a11y/noAutofocus: it was asked for by a key this moment
        autoFocus
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          screen.find(event.target.value, 'typing')
        }}
        onKeyDown={handleKeyDown}
        aria-label={t('terminal.find.label')}
        placeholder={t('terminal.find.label')}
        className="w-44 bg-transparent text-base text-ink outline-none placeholder:text-faint"
      />
      <span role="status" className="min-w-14 px-1 text-right text-sm text-muted tabular-nums">
        {text === '' || !found ? '' : found.count === 0 ? t('terminal.find.none') : `${found.index + 1}/${found.count}`}
      </span>
      <IconButton
        label={t('terminal.find.previous')}
        keys="Enter"
        className="size-7"
        onClick={() => screen.find(text, 'previous')}
      >
        <ChevronUp />
      </IconButton>
      <IconButton label={t('terminal.find.next')} keys="Shift+Enter" className="size-7" onClick={() => screen.find(text, 'next')}>
        <ChevronDown />
      </IconButton>
      <IconButton label={t('common.close')} keys="Esc" className="size-7" onClick={onClose}>
        <X />
      </IconButton>
    </search>
  )
}
