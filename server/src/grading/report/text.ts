/** Verdicts for a terminal: what was expected, what was found, and the command that shows it. */
import {
  type CheckResult,
  type CheckStatus,
  type Evidence,
  formatMessage,
  type Language,
  type Verdict,
} from '@wheelhouse/protocol'
import type { Lab, Task } from '../../catalogue/catalogue.js'

const SIGNS: Record<CheckStatus, string> = { passed: '✓', failed: '✗', 'not-yet': '…', error: '!' }

const WORDS = {
  en: {
    expected: 'expected',
    found: 'found',
    see: 'see with',
    points: 'points',
    guard: 'guard',
    withheld: 'The points are withheld: a guard does not hold.',
    fault: 'could not be graded',
    skipped: 'not gradable here',
    'not-yet': 'not yet',
  },
  zh: {
    expected: '期望',
    found: '实际',
    see: '查看',
    points: '分',
    guard: '保护项',
    withheld: '保护项未满足，得分被扣留。',
    fault: '未能评分',
    skipped: '此处无法评分',
    'not-yet': '尚未达成',
  },
} as const

export function verdictText(verdict: Verdict, { task, language }: { task: Task; language: Language }): string {
  const words = WORDS[language]
  const { manifest } = task
  const titleOf = (id: string) => manifest.checks.find((check) => check.id === id)?.title[language] ?? id
  const lines = [`${manifest.title[language]} (${manifest.id}): ${verdict.points}/${verdict.maxPoints} ${words.points}`]
  for (const check of verdict.checks) lines.push(...checkLines(check, titleOf(check.check), language))
  const isBroken = verdict.checks.some(({ guard, status }) => guard && (status === 'failed' || status === 'not-yet'))
  if (isBroken) lines.push(`  ${words.withheld}`)
  for (const id of verdict.notGradable) lines.push(`  - ${titleOf(id)} (${words.skipped})`)
  return lines.join('\n')
}

function checkLines(check: CheckResult, title: string, language: Language): string[] {
  const words = WORDS[language]
  const score = check.guard ? words.guard : `${check.points}/${check.maxPoints}`
  const seconds = `${(check.tookMs / 1000).toFixed(1)} s`
  const state = check.status === 'not-yet' ? `, ${words['not-yet']}` : ''
  const lines = [`  ${SIGNS[check.status]} ${title} [${score}${state}] ${seconds}`]
  if (check.status === 'passed') return lines
  if (check.error !== undefined) lines.push(`      ${words.fault}: ${check.error}`)
  return [...lines, ...check.evidence.filter((one) => !one.holds).flatMap((one) => evidenceLines(one, language))]
}

function evidenceLines(evidence: Evidence, language: Language): string[] {
  const words = WORDS[language]
  const say = (message: Evidence['subject']) => formatMessage(language, message)
  return [
    `      ${say(evidence.subject)}`,
    `        ${words.expected}: ${say(evidence.expected)}`,
    `        ${words.found}: ${say(evidence.found)}`,
    ...(evidence.seeWith ? [`        ${words.see}: ${evidence.seeWith}`] : []),
  ]
}

/** One line for a check that does not hold, for annotations and JUnit. */
export function whyNot(check: CheckResult, language: Language): string {
  if (check.error !== undefined) return check.error
  const say = (message: Evidence['subject']) => formatMessage(language, message)
  const { expected, found } = WORDS[language]
  const failing = check.evidence.filter((one) => !one.holds)
  return failing.map((one) => `${say(one.subject)}: ${expected} ${say(one.expected)}, ${found} ${say(one.found)}`).join('; ')
}

export const totalText = (lab: Lab, verdicts: Verdict[], language: Language): string => {
  const sum = (pick: (verdict: Verdict) => number) => verdicts.reduce((total, verdict) => total + pick(verdict), 0)
  const total = `${sum((verdict) => verdict.points)}/${sum((verdict) => verdict.maxPoints)} ${WORDS[language].points}`
  return `${lab.manifest.title[language]}: ${total}`
}
