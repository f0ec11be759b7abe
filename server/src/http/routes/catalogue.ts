/** What there is to learn, and how far the learner has come with it. */
import { CatalogueView, LANGUAGES, type LabCard, LabError, LabView, type Language } from '@wheelhouse/protocol'
import Type from 'typebox'
import { maxPointsOf } from '../../attempts/score.js'
import type { Lab, Task } from '../../catalogue/catalogue.js'
import { machinesOf } from '../../engines/machines.js'
import { clustersOf, shapeOf, unsupportedBy } from '../../environments/shape.js'
import type { AttemptRecord } from '../../store/repositories/attempts.js'
import type { Learner } from '../../store/repositories/learners.js'
import { learnerFrom } from '../sessions.js'
import type { App, AppParts } from '../types.js'

export async function catalogueRoutes(app: App, parts: AppParts): Promise<void> {
  app.get('/api/catalogue', { config: { access: 'learner' }, schema: { response: { 200: CatalogueView } } }, async (request) =>
    catalogueView(parts, learnerFrom(request)),
  )

  app.get(
    '/api/labs/:lab',
    {
      config: { access: 'learner' },
      schema: {
        params: Type.Object({ lab: Type.String() }),
        querystring: Type.Object({ language: Type.Optional(Type.Enum([...LANGUAGES])) }),
        response: { 200: LabView },
      },
    },
    async (request) => {
      const lab = parts.catalogue().lab(request.params.lab)
      if (!lab) throw new LabError('NOT_FOUND')
      return labView(parts, { lab, learner: learnerFrom(request), language: request.query.language ?? 'en' })
    },
  )
}

async function catalogueView(parts: AppParts, learner: Learner): Promise<CatalogueView> {
  const capabilities = await parts.engine.capabilities()
  const attempts = new Map((await parts.store.attempts.ofLearner(learner.id)).map((attempt) => [attempt.lab, attempt]))
  const card = async (lab: Lab): Promise<LabCard> => ({
    id: lab.manifest.id,
    title: lab.manifest.title,
    summary: lab.manifest.summary,
    minutes: lab.manifest.minutes,
    needs: lab.manifest.needs,
    tasks: lab.tasks.length,
    points: lab.tasks.reduce((sum, task) => sum + maxPointsOf(task), 0),
    competencies: [...new Set(lab.tasks.flatMap((task) => task.manifest.competencies))],
    progress: await progressOf(parts, attempts.get(lab.manifest.id)),
    unsupported: unsupportedBy(lab.manifest, { name: parts.engine.name, capabilities }),
  })
  const chapters = parts.catalogue().chapters.map(async ({ manifest, labs }) => ({
    id: manifest.id,
    title: manifest.title,
    summary: manifest.summary,
    labs: await Promise.all(labs.map(card)),
  }))
  return { chapters: await Promise.all(chapters) }
}

async function progressOf({ store }: AppParts, attempt: AttemptRecord | undefined): Promise<LabCard['progress']> {
  if (!attempt) return null
  const tasks = await store.attempts.tasks(attempt.id)
  const tasksPassed = tasks.filter((task) => task.passedAtMs !== null).length
  return { attempt: attempt.id, points: attempt.points, tasksPassed, lastSeenAtMs: attempt.lastSeenAtMs }
}

async function labView(
  parts: AppParts,
  { lab, learner, language }: { lab: Lab; learner: Learner; language: Language },
): Promise<LabView> {
  const { manifest } = lab
  const capabilities = await parts.engine.capabilities()
  const clusters = clustersOf(manifest, capabilities)
  const attempt = await parts.store.attempts.byLab(learner.id, manifest.id)
  return {
    id: manifest.id,
    chapter: manifest.chapter,
    title: manifest.title[language],
    summary: manifest.summary[language],
    minutes: manifest.minutes,
    needs: manifest.needs,
    machines: machinesOf({ clusters }).map((machine) => machine.name),
    steps: lab.steps[language],
    tasks: lab.tasks.map((task) => taskView(task, language)),
    contentVersion: lab.contentVersion,
    attempt: attempt?.id ?? null,
    expectedMs: await parts.environmentViews.expectedMs(parts.engine.name, shapeOf(clusters)),
    unsupported: unsupportedBy(manifest, { name: parts.engine.name, capabilities }),
  }
}

function taskView(task: Task, language: Language): LabView['tasks'][number] {
  const { manifest } = task
  return {
    id: manifest.id,
    title: manifest.title[language],
    html: task.html[language],
    competencies: manifest.competencies,
    minutes: manifest.minutes,
    difficulty: manifest.difficulty,
    machine: manifest.machine ?? 'base',
    maxPoints: maxPointsOf(task),
    checks: manifest.checks.map(({ id, title, points, guard }) => ({
      id,
      title: title[language],
      points: points ?? 0,
      guard: guard ?? false,
    })),
    hints: task.hintsHtml[language].length,
    disruptive: manifest.disruptive ?? false,
  }
}
