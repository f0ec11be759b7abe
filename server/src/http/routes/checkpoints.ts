/** The kept states of a learner's environment: look, keep, go back, try in a copy, delete. */
import { type CheckpointId, CheckpointsView, CheckpointView, EnvironmentView, TakeCheckpoint } from '@wheelhouse/protocol'
import Type from 'typebox'
import type { App, AppParts } from '../types.js'
import { environmentOf } from './environments.js'

const config = { access: 'learner' } as const
const EnvironmentParams = Type.Object({ environment: Type.String() })
const CheckpointParams = Type.Object({ environment: Type.String(), checkpoint: Type.String() })

export async function checkpointRoutes(app: App, parts: AppParts): Promise<void> {
  const { attempts, environments, environmentViews: views } = parts
  const { kept } = attempts

  app.get(
    '/api/environments/:environment/checkpoints',
    { config, schema: { params: EnvironmentParams, response: { 200: CheckpointsView } } },
    async (request) => ({ checkpoints: await kept.list((await environmentOf(request, parts)).id) }),
  )

  app.post(
    '/api/environments/:environment/checkpoints',
    { config, schema: { params: EnvironmentParams, body: TakeCheckpoint, response: { 201: CheckpointView } } },
    async (request, reply) => {
      const { id } = await environmentOf(request, parts)
      environments.touch(id)
      return reply.code(201).send(await kept.keep(id, request.body.name))
    },
  )

  app.delete(
    '/api/environments/:environment/checkpoints/:checkpoint',
    { config, schema: { params: CheckpointParams } },
    async (request, reply) => {
      const { id } = await environmentOf(request, parts)
      const checkpoint = await kept.find(id, request.params.checkpoint as CheckpointId)
      await kept.drop(id, checkpoint.id)
      return reply.code(204).send()
    },
  )

  app.post(
    '/api/environments/:environment/checkpoints/:checkpoint/restore',
    { config, schema: { params: CheckpointParams, response: { 200: EnvironmentView } } },
    async (request) => {
      const record = await environmentOf(request, parts)
      environments.touch(record.id)
      await attempts.goBack(record, request.params.checkpoint as CheckpointId)
      return views.view(record)
    },
  )

  app.post(
    '/api/environments/:environment/checkpoints/:checkpoint/fork',
    { config, schema: { params: CheckpointParams, response: { 202: EnvironmentView } } },
    async (request, reply) => {
      const record = await environmentOf(request, parts)
      const { id } = await kept.find(record.id, request.params.checkpoint as CheckpointId)
      return reply.code(202).send(await views.view(await environments.fork(record, id)))
    },
  )
}
