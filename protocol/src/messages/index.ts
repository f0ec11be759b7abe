/**
 * Every sentence that the product says, by key, in every language. A theme is a file; an entry holds both languages, so that neither
 * can be forgotten and both are read together. Texts of the pages alone live with the pages.
 */
import type { Message } from '../message.js'
import type { Language, Localized } from '../words.js'
import { doctorMessages } from './doctor.js'
import { errorMessages } from './errors.js'
import { evidenceMessages } from './evidence.js'
import { labMessages } from './labs.js'
import { noticeMessages } from './notices.js'
import { stepMessages } from './steps.js'
import { terminalMessages } from './terminals.js'

export const MESSAGES: Readonly<Record<string, Localized>> = {
  ...doctorMessages,
  ...errorMessages,
  ...evidenceMessages,
  ...labMessages,
  ...noticeMessages,
  ...stepMessages,
  ...terminalMessages,
}

const PLACEHOLDER = /\{(?:([a-z]+):)?(\w+)\}/g

/**
 * The sentence in the reader's language, values filled in: `{name}` by that value, `{step:name}` by the text `step.VALUE` where
 * there is one. A key that nobody wrote a sentence for is shown as it is, with its values, so that a mistake of ours hides nothing.
 */
export function formatMessage(language: Language, message: Message): string {
  const values = message.values ?? {}
  const template = (message.text ?? sentence(message.key))?.[language]
  if (template === undefined) return [message.key, ...Object.values(values).map(String)].join(' ')
  return template.replace(PLACEHOLDER, (whole, prefix: string | undefined, name: string) => {
    if (!Object.hasOwn(values, name)) return whole
    const named = prefix ? sentence(`${prefix}.${values[name]}`) : undefined
    return named ? named[language] : String(values[name])
  })
}

const sentence = (key: string): Localized | undefined => (Object.hasOwn(MESSAGES, key) ? MESSAGES[key] : undefined)

/** The names that a text wants values for, in order. */
export const placeholdersOf = (text: string): string[] => [...text.matchAll(PLACEHOLDER)].map((match) => match[2] ?? '').sort()
