/** Sign-in by link, and who is signed in. */
import { LabError, SessionView, UpdateSession } from '@wheelhouse/protocol'
import type { FastifyReply } from 'fastify'
import Type from 'typebox'
import type { Learner } from '../../store/repositories/learners.js'
import { clearSessionCookie, learnerFrom, sessionSecret, setSessionCookie } from '../sessions.js'
import type { App, AppParts } from '../types.js'

export async function sessionRoutes(app: App, parts: AppParts): Promise<void> {
  const view = async ({ id, name, role, language }: Learner) => ({
    learner: { id, name, role, language },
    engine: await parts.engine.view(),
    version: parts.version,
  })

  // The printed address. The token leaves the address bar at once: the answer is a redirect without it.
  app.get(
    '/sign-in',
    {
      config: { access: 'public', rateLimit: { max: parts.config.http.signInsPerMinute, timeWindow: 60_000 } },
      schema: {
        hide: true,
        querystring: Type.Object({ token: Type.Optional(Type.String()), problem: Type.Optional(Type.String()) }),
      },
    },
    async (request, reply) => {
      const { token } = request.query
      if (token === undefined) return reply.sendFile('index.html')
      const known = sessionSecret(request, parts)
      return signIn(token, reply, {
        parts,
        alreadySignedIn: known !== undefined && (await parts.accounts.authenticate(known)) !== undefined,
      })
    },
  )

  app.get('/api/session', { config: { access: 'learner' }, schema: { response: { 200: SessionView } } }, async (request) =>
    view(learnerFrom(request)),
  )

  app.patch(
    '/api/session',
    { config: { access: 'learner' }, schema: { body: UpdateSession, response: { 200: SessionView } } },
    async (request) => {
      const learner = learnerFrom(request)
      await parts.accounts.setLanguage(learner.id, request.body.language)
      return view({ ...learner, language: request.body.language })
    },
  )

  app.delete('/api/session', { config: { access: 'learner' } }, async (request, reply) => {
    const secret = sessionSecret(request, parts)
    if (secret) await parts.accounts.signOut(secret)
    clearSessionCookie(reply, parts)
    return reply.code(204).send()
  })
}

interface SignInContext {
  parts: AppParts
  alreadySignedIn: boolean
}

/** A link that was used up in this very browser is no reason to send anybody away. */
async function signIn(token: string, reply: FastifyReply, { parts, alreadySignedIn }: SignInContext): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store')
  try {
    const { secret } = await parts.accounts.signIn(token)
    setSessionCookie(reply, secret, parts)
    return reply.redirect('/', 303)
  } catch (error) {
    if (!(error instanceof LabError)) throw error
    return reply.redirect(alreadySignedIn ? '/' : `/sign-in?problem=${error.code}`, 303)
  }
}
