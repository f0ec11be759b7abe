/** Verdicts as JUnit XML, which every CI system reads: a suite a task, a case a check. */
import type { CheckResult, Language, Verdict } from '@wheelhouse/protocol'
import type { Lab } from '../../catalogue/catalogue.js'
import { whyNot } from './text.js'

export function junit(lab: Lab, verdicts: Verdict[], language: Language): string {
  const suites = verdicts.map((verdict) => suite(lab, verdict, language))
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xml(lab.manifest.id)}">\n${suites.join('\n')}\n</testsuites>\n`
}

function suite(lab: Lab, verdict: Verdict, language: Language): string {
  const task = lab.tasks.find((one) => one.manifest.id === verdict.task)
  const titleOf = (id: string) => task?.manifest.checks.find((check) => check.id === id)?.title[language] ?? id
  const className = `${lab.manifest.id}.${verdict.task}`
  const cases = [
    ...verdict.checks.map((check) => caseOf(check, `${check.check}: ${titleOf(check.check)}`, { className, language })),
    ...verdict.notGradable.map((id) => `    <testcase classname="${xml(className)}" name="${xml(id)}"><skipped/></testcase>`),
  ]
  const count = (wanted: (check: CheckResult) => boolean) => verdict.checks.filter(wanted).length
  const numbers = [
    `tests="${cases.length}"`,
    `failures="${count(({ status }) => status === 'failed' || status === 'not-yet')}"`,
    `errors="${count(({ status }) => status === 'error')}"`,
    `skipped="${verdict.notGradable.length}"`,
    `time="${(verdict.tookMs / 1000).toFixed(3)}"`,
    `timestamp="${new Date(verdict.gradedAtMs).toISOString()}"`,
  ]
  return `  <testsuite name="${xml(className)}" ${numbers.join(' ')}>\n${cases.join('\n')}\n  </testsuite>`
}

function caseOf(check: CheckResult, name: string, { className, language }: { className: string; language: Language }): string {
  const open = `    <testcase classname="${xml(className)}" name="${xml(name)}" time="${(check.tookMs / 1000).toFixed(3)}"`
  if (check.status === 'passed') return `${open}/>`
  const tag = check.status === 'error' ? 'error' : 'failure'
  return `${open}><${tag} type="${check.status}" message="${xml(whyNot(check, language))}"/></testcase>`
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;' }

/** Characters that XML 1.0 does not know are dropped: a container may print anything. */
const xml = (text: string): string =>
  text
    .replace(/[&<>"\n]/g, (character) => ENTITIES[character] ?? character)
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
