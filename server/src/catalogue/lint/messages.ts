/** A checker's own sentences: each that it says is written in both languages, with the same values, and none is left over. */
import { readFileSync } from 'node:fs'
import { placeholdersOf } from '@wheelhouse/protocol'
import { didYouMean } from '../did-you-mean.js'
import { type Rule, tasksOf } from './rule.js'

const SAY = /\bsay\(\s*['"`]([^'"`]+)['"`]/g
/** A subject that is a sentence, rather than a path or the cluster's own words. */
const SENTENCE = /,\s*(['"])((?:(?!\1)[^\n]){8,})\1\s*,?\s*\)\s*\.\s*\w+/g

export const messages: Rule = (content, report) => {
  for (const task of tasksOf(content)) {
    const known = task.manifest?.messages ?? {}
    for (const [key, { en, zh }] of Object.entries(known)) {
      if (placeholdersOf(en).join() === placeholdersOf(zh).join()) continue
      report.in(task, ['messages', key], { rule: 'message-values', message: 'Both languages must have the same {values}.' })
    }
    if (task.checker?.kind !== 'module' || !task.manifest) continue
    const { source } = task.checker
    const text = readFileSync(source, 'utf8')
    const said = [...text.matchAll(SAY)].map((match) => ({ key: match[1] ?? '', line: lineAt(text, match.index) }))
    for (const { key, line } of said.filter(({ key }) => !(key in known))) {
      const message = `task.yaml has no "${key}" under messages.${didYouMean(key, Object.keys(known))}`
      report.at(source, line, { rule: 'message-keys', message })
    }
    for (const key of Object.keys(known).filter((key) => !said.some((one) => one.key === key))) {
      report.in(task, ['messages', key], { rule: 'message-keys', message: `The checker never says "${key}".` })
    }
    for (const match of text.matchAll(SENTENCE)) {
      if (!isSentence(match[2] ?? '')) continue
      const message = `"${match[2]}" is a sentence: say('key') with both languages under messages.`
      report.at(source, lineAt(text, match.index), { rule: 'message-language', message })
    }
  }
}

const lineAt = (text: string, index: number) => text.slice(0, index).split('\n').length
const isSentence = (text: string) => text.split(/\s+/).filter((word) => /^[a-z]{2,}$/.test(word)).length >= 3
