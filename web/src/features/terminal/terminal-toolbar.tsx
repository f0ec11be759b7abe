import type { MachineView } from '@wheelhouse/protocol'
import { Columns2, Plus, Settings2, Square } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import { IconButton } from '~/components/icon-button'
import { Menu, MenuChoice, MenuChoices, MenuItem, MenuLabel, MenuLine, MenuSwitch } from '~/components/menu'
import {
  changeFontSize,
  changeTerminalSettings,
  TERMINAL_COLOURS,
  type TerminalColours,
  useTerminalSettings,
} from './terminal-settings'

/** "+": a terminal on the only machine at once, else on the one that is chosen. */
export function OpenButton({ machines, onOpen }: { machines: readonly MachineView[]; onOpen: (machine: string) => void }) {
  const { t } = useTranslation()
  const [only] = machines
  if (machines.length === 1 && only)
    return (
      <IconButton label={t('terminal.open')} onClick={() => onOpen(only.name)}>
        <Plus />
      </IconButton>
    )
  return (
    <Menu
      trigger={
        <IconButton label={t('terminal.open')}>
          <Plus />
        </IconButton>
      }
    >
      <MenuLabel>{t('terminal.openOn')}</MenuLabel>
      {machines.map(({ name }) => (
        <MenuItem key={name} onSelect={() => onOpen(name)}>
          <span className="font-mono text-sm">{name}</span>
        </MenuItem>
      ))}
    </Menu>
  )
}

export function SplitButton({ isSplit, onToggle }: { isSplit: boolean; onToggle: () => void }) {
  const { t } = useTranslation()
  return (
    <IconButton label={isSplit ? t('terminal.unsplit') : t('terminal.split')} aria-pressed={isSplit} onClick={onToggle}>
      {isSplit ? <Square /> : <Columns2 />}
    </IconButton>
  )
}

/** Font size, colours and screen reader mode, for every terminal of this browser. */
export function OptionsButton() {
  const { t } = useTranslation()
  const { colours, fontSize, screenReader } = useTerminalSettings()
  const stay = (act: () => void) => (event: Event) => {
    event.preventDefault()
    act()
  }
  return (
    <Menu
      trigger={
        <IconButton label={t('terminal.options')}>
          <Settings2 />
        </IconButton>
      }
    >
      <MenuLabel>{t('terminal.fontSize', { size: fontSize })}</MenuLabel>
      <MenuItem onSelect={stay(() => changeFontSize(1))}>{t('terminal.fontLarger')}</MenuItem>
      <MenuItem onSelect={stay(() => changeFontSize(-1))}>{t('terminal.fontSmaller')}</MenuItem>
      <MenuItem onSelect={stay(() => changeFontSize(0))}>{t('terminal.fontReset')}</MenuItem>
      <MenuLine />
      <MenuLabel>{t('terminal.colours.title')}</MenuLabel>
      <MenuChoices value={colours} onValueChange={(value) => changeTerminalSettings({ colours: value as TerminalColours })}>
        {TERMINAL_COLOURS.map((value) => (
          <MenuChoice key={value} value={value}>
            {t(`terminal.colours.${value}`)}
          </MenuChoice>
        ))}
      </MenuChoices>
      <MenuLine />
      <DropdownMenu.Group>
        <MenuSwitch checked={screenReader} onCheckedChange={(checked) => changeTerminalSettings({ screenReader: checked })}>
          {t('terminal.screenReader')}
        </MenuSwitch>
      </DropdownMenu.Group>
    </Menu>
  )
}
