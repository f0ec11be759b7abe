/** Who is asking: the cookie, the one-time link, and the rule that every route says who may call it. */
import cookie from '@fastify/cookie'
import { LabError } from '@wheelhouse/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Learner } from '../store/repositories/learners.js'
import type { AppParts } from './types.js'

type Parts = Pick<AppParts, 'accounts' | 'config' | 'installationId' | 'signingKey'>

export const sessions = fp<Parts>(
  async (app, parts) => {
    await app.register(cookie, { secret: parts.signingKey.toString('base64') })
    app.decorateRequest('learner', null)
    app.addHook('onRoute', (route) => {
      if (!route.config?.access) throw new Error(`${route.method} ${route.url} does not say who may call it`)
    })
    app.addHook('onRequest', async (request) => {
      // What no route answers is answered with 404 by the handler, for everybody alike.
      const access = request.routeOptions.config.access
      if (!access || access === 'public') return
      request.learner = await learnerOf(request, parts)
      if (!request.learner) throw new LabError('NOT_SIGNED_IN')
      if (access === 'owner' && request.learner.role !== 'owner') throw new LabError('FORBIDDEN')
    })
  },
  { name: 'sessions', dependencies: ['guard'] },
)

/** Cookies know no ports: two installations on one computer need two names. */
const cookieName = ({ installationId }: Pick<Parts, 'installationId'>) => `wheelhouse-${installationId}`

/** The session's secret from the signed cookie; undefined where there is none or somebody changed it. */
export function sessionSecret(request: FastifyRequest, parts: Pick<Parts, 'installationId'>): string | undefined {
  const signed = request.cookies[cookieName(parts)]
  if (!signed) return undefined
  const { valid, value } = request.unsignCookie(signed)
  return valid ? (value ?? undefined) : undefined
}

async function learnerOf(request: FastifyRequest, parts: Parts): Promise<Learner | null> {
  const secret = sessionSecret(request, parts)
  return secret ? ((await parts.accounts.authenticate(secret)) ?? null) : null
}

export function setSessionCookie(reply: FastifyReply, secret: string, parts: Parts): void {
  reply.setCookie(cookieName(parts), secret, {
    signed: true,
    httpOnly: true,
    sameSite: 'strict',
    secure: parts.config.http.publicUrl.startsWith('https:'),
    path: '/',
    maxAge: Math.floor(parts.accounts.sessionMs / 1000),
  })
}

export function clearSessionCookie(reply: FastifyReply, parts: Pick<Parts, 'installationId'>): void {
  reply.clearCookie(cookieName(parts), { path: '/' })
}

/** The signed-in learner of a route whose access is not public. */
export function learnerFrom(request: FastifyRequest): Learner {
  if (!request.learner) throw new LabError('NOT_SIGNED_IN')
  return request.learner
}
