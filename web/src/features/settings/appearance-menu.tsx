import { Moon, Sun } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '~/components/icon-button'
import { Menu, MenuChoice, MenuChoices, MenuLabel, MenuLine, MenuSwitch } from '~/components/menu'
import { changeSettings, type Theme, useColourScheme, useSettings } from '~/lib/settings'

const THEMES: Theme[] = ['system', 'light', 'dark']

export function AppearanceMenu() {
  const { t } = useTranslation()
  const { theme } = useSettings()
  const { dark, highContrast } = useColourScheme()
  return (
    <Menu
      trigger={
        <IconButton label={t('settings.appearance')}>
          {dark ? <Moon aria-hidden="true" /> : <Sun aria-hidden="true" />}
        </IconButton>
      }
    >
      <MenuLabel>{t('settings.theme')}</MenuLabel>
      <MenuChoices value={theme} onValueChange={(value) => changeSettings({ theme: value as Theme })}>
        {THEMES.map((value) => (
          <MenuChoice key={value} value={value}>
            {t(`settings.themes.${value}`)}
          </MenuChoice>
        ))}
      </MenuChoices>
      <MenuLine />
      <MenuSwitch checked={highContrast} onCheckedChange={(checked) => changeSettings({ highContrast: checked })}>
        {t('settings.highContrast')}
      </MenuSwitch>
    </Menu>
  )
}
