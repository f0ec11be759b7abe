/** Makes the catalogue of what is valid. What is not is left out and reported: one broken lab must not take the others with it. */
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { LANGUAGES } from '@wheelhouse/protocol'
import type { Catalogue, Chapter, Lab, SetupPlan, Task } from './catalogue.js'
import { type ContentRoots, type LabSource, readContent, type TaskSource } from './content.js'
import { contentVersion } from './content-version.js'
import { byPlace, type Problem } from './problem.js'
import { filesIn, readMutant, readScript } from './scripts.js'
import { type LabTexts, labTexts, type TaskTexts, type TextSources } from './texts.js'

export interface LoadOptions extends ContentRoots {
  /** Where rendered texts are kept between starts; absent: nowhere. */
  cacheDirectory?: string
  /** False leaves guides and questions empty, for who only grades: rendering them takes longer than all else. */
  texts?: boolean
}

export interface LoadedCatalogue extends Catalogue {
  /** What is wrong with the content; a lab that a problem is about may be missing from the catalogue. */
  problems: Problem[]
}

export async function loadCatalogue({ root, cacheDirectory, texts = true }: LoadOptions): Promise<LoadedCatalogue> {
  const textsOf = async (lab: TextSources) => (texts ? labTexts(lab, cacheDirectory) : NO_LAB_TEXTS)
  const content = readContent({ root })
  const problems = [...content.problems]
  const chapters: Chapter[] = []
  for (const { manifest, labs } of content.chapters) {
    if (!manifest) continue
    const loaded = await Promise.all(labs.map((lab) => loadLab(lab, problems, textsOf)))
    chapters.push({ manifest, labs: loaded.filter((lab) => lab !== undefined) })
  }
  return { ...lookups(chapters), problems: problems.sort(byPlace) }
}

function lookups(chapters: Chapter[]): Catalogue {
  const labs = new Map(chapters.flatMap((chapter) => chapter.labs).map((lab) => [lab.manifest.id, lab]))
  return {
    chapters,
    lab: (id) => labs.get(id),
    task: (labId, taskId) => labs.get(labId)?.tasks.find((task) => task.manifest.id === taskId),
    images: () => [...new Set([...labs.values()].flatMap((lab) => lab.manifest.images))].sort(),
  }
}

type TextsOf = (lab: TextSources) => Promise<LabTexts>

async function loadLab(source: LabSource, problems: Problem[], textsOf: TextsOf): Promise<Lab | undefined> {
  const { manifest, directory } = source
  if (!manifest) return undefined
  const byId = new Map(source.tasks.map((task) => [task.id, task]))
  const missing = missingParts(source, manifest.tasks, byId)
  if (missing.length > 0) {
    const message = `This lab is not offered: ${missing.join(', ')}.`
    problems.push({ file: source.yaml.file, ...source.yaml.place(['tasks']), rule: 'lab-left-out', message })
    return undefined
  }
  const checkers = source.tasks.flatMap((task) => (task.checker?.kind === 'module' ? [task.checker.source] : []))
  const version = contentVersion(directory, ...checkers)
  const sources = manifest.tasks.flatMap((id) => byId.get(id) ?? []).filter(isUsable)
  const texts = await textsOf({ manifest, directory, tasks: sources, contentVersion: version })
  return {
    manifest,
    directory,
    tasks: sources.map((task) => loadTask(task, texts)),
    steps: texts.steps,
    contentVersion: version,
  }
}

type UsableTask = TaskSource & { manifest: NonNullable<TaskSource['manifest']>; checker: NonNullable<TaskSource['checker']> }
const isUsable = (task: TaskSource): task is UsableTask => task.manifest !== undefined && task.checker !== undefined

function missingParts({ directory }: LabSource, tasks: string[], byId: Map<string, TaskSource>): string[] {
  const guides = LANGUAGES.filter((language) => !existsSync(join(directory, `guide.${language}.md`)))
  return [...guides.map((language) => `no guide.${language}.md`), ...tasks.flatMap((id) => missingOfTask(id, byId.get(id)))]
}

function missingOfTask(id: string, task: TaskSource | undefined): string[] {
  if (!task) return [`no task ${id}`]
  const files = ['solution.sh', ...LANGUAGES.map((language) => `task.${language}.md`)]
  return [
    ...(task.manifest ? [] : [`${id}/task.yaml is not valid`]),
    ...(task.checker ? [] : [`${id} has no checker`]),
    ...files.filter((file) => !existsSync(join(task.directory, file))).map((file) => `no ${id}/${file}`),
  ]
}

const NO_LAB_TEXTS: LabTexts = { steps: { en: [], zh: [] }, tasks: {} }
const NO_TEXTS: TaskTexts = { html: { en: '', zh: '' }, hintsHtml: { en: [], zh: [] }, solutionHtml: { en: '', zh: '' } }

function loadTask({ manifest, directory, checker }: UsableTask, texts: LabTexts): Task {
  return {
    ...(texts.tasks[manifest.id] ?? NO_TEXTS),
    manifest,
    directory,
    setup: setupPlan(join(directory, 'setup')),
    checker:
      checker.kind === 'module'
        ? { kind: 'module', file: checker.compiled }
        : { kind: 'script', file: checker.source, machine: readScript(checker.source, 'checker').machine },
    solution: readScript(join(directory, 'solution.sh'), 'solution'),
    alternatives: filesIn(join(directory, 'alternatives'), '.sh').map((file) => readScript(file, basename(file, '.sh'))),
    mutants: filesIn(join(directory, 'mutants'), '.sh').map((file) => readMutant(file, basename(file, '.sh'))),
    contentVersion: contentVersion(directory, checker.source),
  }
}

export function setupPlan(directory: string): SetupPlan {
  const steps = filesIn(directory, '.yaml', '.yml', '.sh').map((file): SetupPlan['steps'][number] => {
    const name = basename(file)
    const early = name.startsWith('0')
    return name.endsWith('.sh') ? { kind: 'script', early, ...readScript(file, name) } : { kind: 'manifest', early, name, file }
  })
  return { steps }
}
