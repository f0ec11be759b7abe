/** What GitHub's runner reads: a summary page, and an annotation for each check that does not hold. */
import type { CheckStatus, Language, Verdict } from '@wheelhouse/protocol'
import type { Lab } from '../../catalogue/catalogue.js'
import { whyNot } from './text.js'

const SIGNS: Record<CheckStatus, string> = { passed: '✅', failed: '❌', 'not-yet': '⏳', error: '⚠️' }

/** Markdown for `$GITHUB_STEP_SUMMARY`. */
export function summary(lab: Lab, verdicts: Verdict[], language: Language): string {
  const points = verdicts.reduce((sum, verdict) => sum + verdict.points, 0)
  const maxPoints = verdicts.reduce((sum, verdict) => sum + verdict.maxPoints, 0)
  const rows = verdicts.flatMap((verdict) =>
    verdict.checks.map((check) => {
      const title = titleOf(lab, verdict.task, check.check, language)
      const why = check.status === 'passed' ? '' : whyNot(check, language)
      return `| ${SIGNS[check.status]} | ${cell(verdict.task)} | ${cell(title)} | ${check.points}/${check.maxPoints} | ${cell(why)} |`
    }),
  )
  return [
    `## ${lab.manifest.title[language]}: ${points}/${maxPoints}`,
    '',
    '| | | | | |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

/** Workflow commands for standard output. */
export function annotations(lab: Lab, verdicts: Verdict[], language: Language): string[] {
  return verdicts.flatMap((verdict) =>
    verdict.checks
      .filter((check) => check.status !== 'passed')
      .map((check) => {
        const title = `${verdict.task}: ${titleOf(lab, verdict.task, check.check, language)}`
        return `::${check.status === 'error' ? 'warning' : 'error'} title=${property(title)}::${data(whyNot(check, language))}`
      }),
  )
}

function titleOf(lab: Lab, taskId: string, checkId: string, language: Language): string {
  const task = lab.tasks.find((one) => one.manifest.id === taskId)
  return task?.manifest.checks.find((check) => check.id === checkId)?.title[language] ?? checkId
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ')
const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
