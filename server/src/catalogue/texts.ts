/**
 * The HTML of a lab, rendered once and kept on disk: the renderer and its grammars cost a third of a second to load, which a start
 * with nothing new need not pay.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LabManifest, LabStepView, Language, TaskManifest } from '@wheelhouse/protocol'
import type { Task } from './catalogue.js'

export type TaskTexts = Pick<Task, 'html' | 'hintsHtml' | 'solutionHtml'>

export interface LabTexts {
  steps: Record<Language, LabStepView[]>
  tasks: Record<string, TaskTexts>
}

export interface TextSources {
  manifest: LabManifest
  directory: string
  tasks: { manifest: TaskManifest; directory: string }[]
  contentVersion: string
}

/** @param cacheDirectory absent: nothing is kept */
export async function labTexts(lab: TextSources, cacheDirectory?: string): Promise<LabTexts> {
  if (cacheDirectory === undefined) return render(lab)
  const file = join(cacheDirectory, `${lab.manifest.id}-${lab.contentVersion}-${rendererVersion()}.json`)
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as LabTexts
  const texts = await render(lab)
  mkdirSync(cacheDirectory, { recursive: true })
  // By rename: a second server that starts at the same moment reads the whole file or none.
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(texts))
  renameSync(`${file}.${process.pid}`, file)
  return texts
}

let version: string | undefined
/** A change to the renderer makes everything stale. */
function rendererVersion(): string {
  const folder = join(dirname(fileURLToPath(import.meta.url)), 'markdown')
  const files = () => readdirSync(folder).filter((name) => /(?<!\.test)\.[jt]s$/.test(name))
  version ??= files()
    .sort()
    .reduce((hash, name) => hash.update(readFileSync(join(folder, name))), createHash('sha256'))
    .digest('hex')
    .slice(0, 12)
  return version
}

async function render({ manifest, directory, tasks }: TextSources): Promise<LabTexts> {
  const { renderGuide } = await import('./markdown/steps.js')
  const read = (language: Language) => readFileSync(join(directory, `guide.${language}.md`), 'utf8')
  const english = renderGuide(read('en'), { language: 'en', machine: 'base' })
  const chinese = renderGuide(read('zh'), { language: 'zh', machine: 'base', ids: english.map((step) => step.id) })
  const steps = { en: withAllTasks(english, manifest), zh: withAllTasks(chinese, manifest) }
  const entries = tasks.map(async (task) => [task.manifest.id, await taskTexts(task)] as const)
  return { steps, tasks: Object.fromEntries(await Promise.all(entries)) }
}

/** A task that no step places stands in the last one, so that it can be found. Lint reports it. */
function withAllTasks(steps: LabStepView[], { tasks }: LabManifest): LabStepView[] {
  const placed = new Set(steps.flatMap((step) => step.tasks))
  const homeless = tasks.filter((task) => !placed.has(task))
  const last = steps.at(-1)
  if (!last || homeless.length === 0) return steps
  return [...steps.slice(0, -1), { ...last, tasks: [...last.tasks, ...homeless] }]
}

async function taskTexts({ manifest, directory }: TextSources['tasks'][number]): Promise<TaskTexts> {
  const { renderMarkdown, renderScript } = await import('./markdown/render.js')
  const inLanguage = (language: Language) => {
    const options = { language, machine: manifest.machine ?? 'base' }
    const explanation = join(directory, `solution.${language}.md`)
    return {
      html: renderMarkdown(readFileSync(join(directory, `task.${language}.md`), 'utf8'), options),
      hints: manifest.hints.map((hint) => renderMarkdown(hint[language], options)),
      solution: [
        ...(existsSync(explanation) ? [renderMarkdown(readFileSync(explanation, 'utf8'), options)] : []),
        renderScript(readFileSync(join(directory, 'solution.sh'), 'utf8'), options),
      ].join('\n'),
    }
  }
  const [en, zh] = [inLanguage('en'), inLanguage('zh')]
  return {
    html: { en: en.html, zh: zh.html },
    hintsHtml: { en: en.hints, zh: zh.hints },
    solutionHtml: { en: en.solution, zh: zh.solution },
  }
}
