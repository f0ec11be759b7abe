/** A learner's environments: look, start, stop, give up, try again. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type EnvironmentId, EnvironmentsView, EnvironmentView, LabError, type Step } from '@wheelhouse/protocol'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { EnvironmentRecord } from '../../store/repositories/environments.js'
import { learnerFrom } from '../sessions.js'
import type { App, AppParts } from '../types.js'

const config = { access: 'learner' } as const
const EnvironmentParams = Type.Object({ environment: Type.String() })
const RetryRequest = Type.Union([
  Type.Null(),
  Type.Object(
    { keepOnFailure: Type.Optional(Type.Boolean({ description: 'leave what a failed start has built, for its logs' })) },
    { additionalProperties: false },
  ),
])
type EnvironmentRequest = FastifyRequest<{ Params: { environment: string } }>

export async function environmentRoutes(app: App, parts: AppParts): Promise<void> {
  const { attempts, environments, environmentViews: views } = parts
  const mine = (request: EnvironmentRequest) => environmentOf(request, parts)

  app.get('/api/environments', { config, schema: { response: { 200: EnvironmentsView } } }, async (request) => {
    const records = await parts.store.environments.ofLearner(learnerFrom(request).id)
    return { environments: await Promise.all(records.map((record) => views.view(record))) }
  })

  app.get(
    '/api/environments/:environment',
    { config, schema: { params: EnvironmentParams, response: { 200: EnvironmentView } } },
    async (request) => views.view(await mine(request)),
  )

  app.delete(
    '/api/environments/:environment',
    { config, schema: { params: EnvironmentParams, response: { 202: EnvironmentView } } },
    async (request, reply) => reply.code(202).send(await views.view(await environments.remove(await mine(request)))),
  )

  const actions: Record<string, (record: EnvironmentRecord) => Promise<EnvironmentRecord>> = {
    start: (record) => environments.start(record),
    stop: (record) => environments.stop(record, 'learner'),
    cancel: (record) => environments.remove(record),
    rebuild: (record) => attempts.rebuild(record),
    extend: async (record) => {
      environments.touch(record.id)
      return record
    },
  }
  for (const [name, act] of Object.entries(actions))
    app.post(
      `/api/environments/:environment/${name}`,
      { config, schema: { params: EnvironmentParams, response: { 202: EnvironmentView } } },
      async (request, reply) => {
        const changed = await act(await mine(request))
        environments.rows.announce(changed)
        return reply.code(202).send(await views.view(changed))
      },
    )

  app.post(
    '/api/environments/:environment/retry',
    { config, schema: { params: EnvironmentParams, body: RetryRequest, response: { 202: EnvironmentView } } },
    async (request, reply) => {
      const record = await mine(request)
      const changed = await environments.retry(record, request.body?.keepOnFailure ?? record.keepOnFailure)
      return reply.code(202).send(await views.view(changed))
    },
  )

  app.get('/api/environments/:environment/logs', { config, schema: { params: EnvironmentParams } }, async (request, reply) =>
    reply.type('text/plain; charset=utf-8').send(await logsOf(await mine(request), parts.logsDirectory)),
  )
}

/** @throws LabError `NOT_FOUND` where there is none, or it is somebody else's */
export async function environmentOf(request: EnvironmentRequest, { store }: Pick<AppParts, 'store'>): Promise<EnvironmentRecord> {
  const record = await store.environments.byId(request.params.environment as EnvironmentId)
  if (!record || record.learner !== learnerFrom(request).id) throw new LabError('NOT_FOUND')
  return record
}

/** What each step printed, then the files that were collected where the failure was kept. */
async function logsOf({ id, state }: EnvironmentRecord, logsDirectory: string): Promise<string> {
  const steps: Step[] = 'steps' in state ? state.steps : []
  const printed = steps.map((step) => `== ${step.name}: ${step.status}\n${step.log ?? ''}`)
  const error =
    state.phase === 'failed' ? [`== ${state.error.code} ${state.error.reference ?? ''}\n${state.error.detail ?? ''}`] : []
  const directory = join(logsDirectory, id)
  const files = (await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])).filter((entry) =>
    entry.isFile(),
  )
  const collected = files.map(async (entry) => {
    const path = join(entry.parentPath, entry.name)
    return `== ${path.slice(directory.length + 1)}\n${await readFile(path, 'utf8')}`
  })
  return [...error, ...printed, ...(await Promise.all(collected))].join('\n\n')
}
