/** The texts of the pages in the reader's language. English comes with the page; Chinese is fetched where it is wanted. */

import type { Language, Message } from '@wheelhouse/protocol'
import { formatMessage } from '@wheelhouse/protocol/messages'
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { en } from '~/locales/en'
import { languageOf, settingsStore, useLanguage } from './settings'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'pages'
    resources: { pages: typeof en }
  }
}

export const loadChinese = () => import('~/locales/zh')

const AGAIN_AFTER_MS = 3_000

/** Where the server is away, the texts stay as they are until it is back. */
async function show(language: Language): Promise<void> {
  try {
    if (language === 'zh' && !i18next.hasResourceBundle('zh', 'pages'))
      i18next.addResourceBundle('zh', 'pages', (await loadChinese()).zh)
    if (isWanted(language)) await i18next.changeLanguage(language)
  } catch {
    setTimeout(() => isWanted(language) && void show(language), AGAIN_AFTER_MS)
  }
}

const isWanted = (language: Language) => languageOf(settingsStore.get()) === language

/** Resolves when every text of the chosen language is there; follows the choice from then on. */
export async function startTranslations(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    defaultNS: 'pages',
    resources: { en: { pages: en } },
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  })
  await show(languageOf(settingsStore.get()))
  settingsStore.subscribe(() => void show(languageOf(settingsStore.get())))
}

/** Says a message of the server, of an engine or of a checker in the reader's language. */
export function useSay(): (message: Message) => string {
  const language = useLanguage()
  return (message) => formatMessage(language, message)
}
