/** A learner's pass through a lab: start, keep the place, check, reset, reveal. */
import { type AttemptId, AttemptView, RevealRequest, RevealView, StartAttempt, UpdateAttempt } from '@wheelhouse/protocol'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { AttemptRecord } from '../../store/repositories/attempts.js'
import { learnerFrom } from '../sessions.js'
import type { App, AppParts } from '../types.js'

const AttemptParams = Type.Object({ attempt: Type.String() })
const TaskParams = Type.Object({ attempt: Type.String(), task: Type.String() })
const config = { access: 'learner' } as const

export async function attemptRoutes(app: App, { attempts }: AppParts): Promise<void> {
  const mine = (request: FastifyRequest<{ Params: { attempt: string } }>): Promise<AttemptRecord> =>
    attempts.get(learnerFrom(request).id, request.params.attempt as AttemptId)
  const view = (record: AttemptRecord) => attempts.views.view(record)

  app.post('/api/attempts', { config, schema: { body: StartAttempt, response: { 200: AttemptView } } }, async (request) =>
    view(await attempts.start(learnerFrom(request).id, request.body.lab)),
  )

  app.get(
    '/api/attempts/:attempt',
    { config, schema: { params: AttemptParams, response: { 200: AttemptView } } },
    async (request) => view(await mine(request)),
  )

  app.patch(
    '/api/attempts/:attempt',
    { config, schema: { params: AttemptParams, body: UpdateAttempt, response: { 200: AttemptView } } },
    async (request) => view(await attempts.saveStep(await mine(request), request.body.step)),
  )

  app.post(
    '/api/attempts/:attempt/reset',
    { config, schema: { params: AttemptParams, response: { 202: AttemptView } } },
    async (request, reply) => reply.code(202).send(await view(await attempts.reset(await mine(request)))),
  )

  app.post(
    '/api/attempts/:attempt/tasks/:task/checks',
    { config, schema: { params: TaskParams, response: { 202: AttemptView } } },
    async (request, reply) => reply.code(202).send(await view(await attempts.check(await mine(request), request.params.task))),
  )

  app.post(
    '/api/attempts/:attempt/tasks/:task/reset',
    { config, schema: { params: TaskParams, response: { 202: AttemptView } } },
    async (request, reply) =>
      reply.code(202).send(await view(await attempts.resetTask(await mine(request), request.params.task))),
  )

  app.post(
    '/api/attempts/:attempt/tasks/:task/reveals',
    { config, schema: { params: TaskParams, body: RevealRequest, response: { 200: RevealView } } },
    async (request) => {
      const attempt = await mine(request)
      const { reveal, language } = request.body
      return { reveal, html: await attempts.reveal(attempt, { task: request.params.task, reveal, language }) }
    },
  )
}
