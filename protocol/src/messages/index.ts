/**
 * Every sentence that the product says, by key, in every language. A theme is a file; a test compares values in braces across
 * languages. Texts of the pages alone live with the pages.
 */
import type { Message } from '../message.js'
import type { Language, Localized } from '../words.js'
import { evidenceMessages } from './evidence.js'

export const MESSAGES: Record<string, Localized> = { ...evidenceMessages }

/**
 * The sentence in the reader's language, values filled in. A key that nobody wrote a sentence for is shown as it is, with its
 * values, so that a mistake of ours hides nothing.
 */
export function formatMessage(language: Language, message: Message): string {
  const values = message.values ?? {}
  const template = (message.text ?? MESSAGES[message.key])?.[language]
  if (template === undefined) return [message.key, ...Object.values(values).map(String)].join(' ')
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole))
}
