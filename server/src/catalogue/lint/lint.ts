/** Everything that reading alone can find out about the content. `wheelhouse prove` finds out the rest. */
import { type ContentRoots, readContent } from '../content.js'
import { byPlace, type Problem } from '../problem.js'
import { checks } from './checks.js'
import { ids } from './ids.js'
import { images } from './images.js'
import { messages } from './messages.js'
import { ownership } from './ownership.js'
import { proofs } from './proofs.js'
import { published } from './published.js'
import { Report, type Rule } from './rule.js'
import { texts } from './texts.js'

export const RULES: readonly Rule[] = [ids, checks, proofs, texts, images, messages, ownership, published]

export interface LintResult {
  problems: Problem[]
  /** What was looked at. */
  labs: number
  tasks: number
}

export async function lint(roots: ContentRoots): Promise<LintResult> {
  const content = readContent(roots)
  const report = new Report(content.root)
  report.problems.push(...content.problems)
  for (const rule of RULES) await rule(content, report)
  const labs = content.chapters.flatMap((chapter) => chapter.labs)
  return {
    problems: report.problems.sort(byPlace),
    labs: labs.length,
    tasks: labs.flatMap((lab) => lab.tasks).length,
  }
}
