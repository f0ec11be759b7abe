import { useTranslation } from 'react-i18next'
import { Dialog } from '~/components/dialog'
import { Keys } from '~/components/keys'

interface Line {
  name: 'help' | 'search' | 'previous' | 'next' | 'check' | 'task' | 'terminal' | 'leaveTerminal' | 'copy' | 'paste' | 'find'
  keys: string
}
const GROUPS: { title: 'anywhere' | 'inLab' | 'inTerminal'; lines: Line[] }[] = [
  {
    title: 'anywhere',
    lines: [
      { name: 'help', keys: '?' },
      { name: 'search', keys: '/' },
    ],
  },
  {
    title: 'inLab',
    lines: [
      { name: 'previous', keys: '[' },
      { name: 'next', keys: ']' },
      { name: 'check', keys: 'Ctrl+Enter' },
      { name: 'task', keys: '1…9' },
      { name: 'terminal', keys: 'T' },
    ],
  },
  {
    title: 'inTerminal',
    lines: [
      { name: 'leaveTerminal', keys: 'Ctrl+Shift+L' },
      { name: 'copy', keys: 'Ctrl+Shift+C' },
      { name: 'paste', keys: 'Ctrl+Shift+V' },
      { name: 'find', keys: 'Ctrl+Shift+F' },
    ],
  },
]

export function ShortcutsDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation()
  return (
    <Dialog wide open={open} onOpenChange={onOpenChange} title={t('shortcuts.title')} text={t('shortcuts.rest')}>
      <div className="mt-1 gap-x-10 sm:columns-2">
        {GROUPS.map(({ title, lines }) => (
          <section key={title} className="break-inside-avoid pt-4">
            <h3 className="mb-1 text-xs font-medium text-faint">{t(`shortcuts.${title}`)}</h3>
            <dl className="divide-y divide-line">
              {lines.map(({ name, keys }) => (
                <div key={name} className="flex items-center justify-between gap-4 py-1.5">
                  <dt>{t(`shortcuts.${name}`)}</dt>
                  <dd>
                    <Keys keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
