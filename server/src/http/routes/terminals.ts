/** Terminals: the tabs of an environment, and the socket of each viewer. */
import {
  type EnvironmentId,
  LabError,
  OpenTerminal,
  RenameTerminal,
  type TerminalId,
  TerminalsView,
  TerminalView,
} from '@wheelhouse/protocol'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { TerminalRecord } from '../../store/repositories/terminals.js'
import { connectViewer } from '../../terminals/viewer-connection.js'
import { learnerFrom } from '../sessions.js'
import type { App, AppParts } from '../types.js'
import { environmentOf } from './environments.js'

const config = { access: 'learner' } as const
const EnvironmentParams = Type.Object({ environment: Type.String() })
const TerminalParams = Type.Object({ terminal: Type.String() })
type TerminalRequest = FastifyRequest<{ Params: { terminal: string } }>

const TRY_AGAIN_LATER = 1013

export async function terminalRoutes(app: App, parts: AppParts): Promise<void> {
  const { terminals } = parts
  const mine = (request: TerminalRequest) => terminalOf(request, parts)

  app.get(
    '/api/environments/:environment/terminals',
    { config, schema: { params: EnvironmentParams, response: { 200: TerminalsView } } },
    async (request) => ({ terminals: await terminals.list((await environmentOf(request, parts)).id) }),
  )

  app.post(
    '/api/environments/:environment/terminals',
    { config, schema: { params: EnvironmentParams, body: OpenTerminal, response: { 201: TerminalView } } },
    async (request, reply) => {
      const { id } = await environmentOf(request, parts)
      const { machine, user } = request.body
      return reply.code(201).send(await terminals.open(id, machine, user))
    },
  )

  app.patch(
    '/api/terminals/:terminal',
    { config, schema: { params: TerminalParams, body: RenameTerminal, response: { 200: TerminalView } } },
    async (request) => terminals.rename((await mine(request)).id, request.body.title),
  )

  app.delete('/api/terminals/:terminal', { config, schema: { params: TerminalParams } }, async (request, reply) => {
    await terminals.close((await mine(request)).id)
    return reply.code(204).send()
  })

  viewerSocket(app, parts)
}

/** Whose terminal it is is found out before the socket is accepted; until the terminal is there, nothing is read from it. */
function viewerSocket(app: App, parts: AppParts): void {
  const asked = new WeakMap<object, TerminalRecord>()
  app.get(
    '/api/terminals/:terminal/socket',
    {
      websocket: true,
      config,
      schema: { params: TerminalParams },
      preValidation: async (request) => {
        asked.set(request.raw, await terminalOf(request as TerminalRequest, parts))
      },
    },
    (socket, request) => {
      const record = asked.get(request.raw)
      if (!record) throw new LabError('NOT_FOUND')
      socket.pause()
      parts.terminals.use(record).then(
        (terminal) => {
          connectViewer(socket, terminal, 'interactive')
          socket.resume()
        },
        () => socket.close(TRY_AGAIN_LATER),
      )
    },
  )
}

/** @throws LabError `NOT_FOUND` where there is none, or it is somebody else's */
async function terminalOf(request: TerminalRequest, { store, terminals }: AppParts): Promise<TerminalRecord> {
  const record = await terminals.byId(request.params.terminal as TerminalId)
  const environment = await store.environments.byId(record.environment as EnvironmentId)
  if (environment?.learner !== learnerFrom(request).id) throw new LabError('NOT_FOUND')
  return record
}
