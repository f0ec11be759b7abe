/** Builds the application and never listens: `main.ts` does, and tests do not. */
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import websocket from '@fastify/websocket'
import { LabError } from '@wheelhouse/protocol'
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify'
import type { Logger } from 'pino'
import { Value } from 'typebox/value'
import { answerError, errorResponses } from './http/errors.js'
import { guard } from './http/guard.js'
import { pages } from './http/pages.js'
import { attemptRoutes } from './http/routes/attempts.js'
import { catalogueRoutes } from './http/routes/catalogue.js'
import { checkpointRoutes } from './http/routes/checkpoints.js'
import { doctorRoutes } from './http/routes/doctor.js'
import { environmentRoutes } from './http/routes/environments.js'
import { eventRoutes } from './http/routes/events.js'
import { sandboxRoutes } from './http/routes/sandbox.js'
import { sessionRoutes } from './http/routes/session.js'
import { terminalRoutes } from './http/routes/terminals.js'
import { sessions } from './http/sessions.js'
import type { Access, App, AppParts } from './http/types.js'

export interface AppOptions {
  log: Logger
  /** Answers are compared with their schemas before they leave: for tests. */
  checkAnswers?: boolean
}

/** What a lab author may paste into a request is small; 1 MB is far above it. */
const MOST_BODY_BYTES = 1_000_000
/** A paste into a terminal is the largest thing that a page sends. */
const MOST_SOCKET_MESSAGE_BYTES = 2_000_000

/** One route as it was registered. */
export interface RouteEntry {
  method: string
  url: string
  access: Access
  websocket: boolean
}

export async function buildApp(
  parts: AppParts,
  { log, checkAnswers = false }: AppOptions,
): Promise<{ app: App; routes: readonly RouteEntry[] }> {
  const app: App = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MOST_BODY_BYTES,
    trustProxy: parts.config.http.trustProxy,
    // Nothing is coerced and nothing is silently removed: what does not fit is refused.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
    forceCloseConnections: true,
    frameworkErrors: answerError,
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.setSerializerCompiler(({ schema }) => (checkAnswers ? checkedJson(schema) : JSON.stringify))
  logAnswers(app)
  const routes = listRoutes(app)
  await app.register(errorResponses)
  await app.register(guard, parts)
  await app.register(sessions, parts)
  await app.register(rateLimit, limits(parts))
  await app.register(websocket, { options: { maxPayload: MOST_SOCKET_MESSAGE_BYTES } })
  await app.register(swagger, { openapi: { info: { title: 'Wheelhouse', version: parts.version } } })
  const everyRoute = [
    sessionRoutes,
    catalogueRoutes,
    attemptRoutes,
    environmentRoutes,
    checkpointRoutes,
    sandboxRoutes,
    terminalRoutes,
    doctorRoutes,
    eventRoutes,
  ]
  for (const routes of everyRoute)
    await app.register(async (scope) => routes(scope.withTypeProvider<TypeBoxTypeProvider>(), parts))
  app.get('/api/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, async () => app.swagger())
  await pages(app, parts)
  return { app, routes }
}

/** Every route, as they come: what tests walk, so that none can be forgotten. HEAD follows GET by itself. */
function listRoutes(app: App): readonly RouteEntry[] {
  const routes: RouteEntry[] = []
  app.addHook('onRoute', ({ method, url, config, ...route }) => {
    for (const one of [method].flat())
      if (one !== 'HEAD')
        routes.push({
          method: one,
          url,
          access: config?.access ?? 'owner',
          websocket: 'websocket' in route && route.websocket === true,
        })
  })
  return routes
}

/** The route's pattern, not the address: ids are many and tokens are secret. */
function logAnswers(app: App): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? '(none)'
    const fields = { method: request.method, route, status: reply.statusCode, tookMs: Math.round(reply.elapsedTime) }
    request.log.debug({ ...fields, learner: request.learner?.id }, 'request answered')
  })
}

function limits({ config }: AppParts) {
  return {
    max: config.http.requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request: { learner: { id: string } | null; ip: string }) => request.learner?.id ?? request.ip,
    errorResponseBuilder: (_: unknown, context: { ttl: number }) =>
      new LabError('TOO_MANY_REQUESTS', { seconds: Math.ceil(context.ttl / 1000) }),
  }
}

function checkedJson(schema: object): (value: unknown) => string {
  return (value) => {
    const [first] = Value.Errors(schema, value)
    if (first) throw new Error(`the answer does not fit its schema at ${first.instancePath}: ${first.message}`)
    return JSON.stringify(value)
  }
}
