/** The one place where an error becomes a response: its code and values for the reader, the rest for the log. */
import { ERRORS, LabError } from '@wheelhouse/protocol'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { newReference } from '../store/ids.js'

/** A person who is told to come back is told when; a class that comes back together would only collide again. */
const RETRY_AFTER_SECONDS = 5

export const errorResponses = fp(
  async (app) => {
    app.setErrorHandler(answerError)
    app.setNotFoundHandler((request, reply) => {
      const error = new LabError('NOT_FOUND')
      respond(error, { error, request, reply })
    })
  },
  { name: 'error-responses' },
)

/** Also for what Fastify refuses before any hook, such as an address that is none. */
export const answerError = (error: unknown, request: FastifyRequest, reply: FastifyReply): void =>
  respond(asLabError(error), { error, request, reply })

function respond(
  problem: LabError,
  { error, request, reply }: { error: unknown; request: FastifyRequest; reply: FastifyReply },
): void {
  const serious = problem.status >= 500
  const reference = serious ? newReference() : undefined
  const fields = { code: problem.code, values: problem.values, ...(reference ? { reference, err: error } : {}) }
  if (serious) request.log.error(fields, 'request failed')
  else request.log.info(fields, 'request refused')
  if (ERRORS[problem.code].retry && [429, 503].includes(problem.status) && !reply.hasHeader('retry-after'))
    reply.header('retry-after', retryAfter(problem))
  reply.code(problem.status).type('application/json; charset=utf-8').send(problem.toBody(reference))
}

const retryAfter = (problem: LabError) =>
  typeof problem.values.seconds === 'number' ? problem.values.seconds : RETRY_AFTER_SECONDS

/** Errors of Fastify's own (validation, body too large, wrong media type) say what is wrong with the request. */
function asLabError(error: unknown): LabError {
  if (error instanceof LabError) return error
  const { statusCode, message, validation } = error as Partial<FastifyError>
  if (validation || (statusCode !== undefined && statusCode >= 400 && statusCode < 500))
    return new LabError('BAD_REQUEST', { problem: message ?? 'malformed' }, { cause: error })
  return new LabError('INTERNAL', {}, { cause: error })
}
