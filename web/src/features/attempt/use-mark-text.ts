import { useTranslation } from 'react-i18next'
import type { Mark } from './task-state'

/** The state of a check or a task in a word. */
export function useMarkText(): (mark: Mark) => string {
  const { t } = useTranslation()
  return (mark) => {
    switch (mark) {
      case 'preparing':
        return t('attempt.setup.running')
      case 'not-gradable':
        return t('attempt.notGradable')
      default:
        return t(`attempt.status.${mark}`)
    }
  }
}
