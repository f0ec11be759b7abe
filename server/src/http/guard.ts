/** What every request passes first: is it for us (Host), is it from our own pages (Origin), and what a browser may do with the answer. */
import helmet from '@fastify/helmet'
import { LabError } from '@wheelhouse/protocol'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { AppParts } from './types.js'

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']
const HARMLESS_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

export const guard = fp<Pick<AppParts, 'config' | 'addresses'>>(
  async (app, parts) => {
    await app.register(helmet, {
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          // The terminal and the panels make style elements while they run.
          styleSrc: ["'self'", "'unsafe-inline'"],
          imgSrc: ["'self'", 'data:'],
          fontSrc: ["'self'", 'data:'],
          connectSrc: ["'self'"],
          manifestSrc: ["'self'"],
          workerSrc: ["'self'", 'blob:'],
          baseUri: ["'none'"],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
        },
      },
      // Plain HTTP on loopback is the usual case; behind a proxy with TLS, the proxy decides.
      hsts: parts.config.http.publicUrl.startsWith('https:') ? { maxAge: 15_552_000, includeSubDomains: false } : false,
      referrerPolicy: { policy: 'no-referrer' },
    })
    app.addHook('onRequest', async (request) => {
      refuseUnknownHost(request, parts)
      if (!HARMLESS_METHODS.has(request.method) || request.headers.upgrade) refuseForeignOrigin(request)
    })
  },
  { name: 'guard', dependencies: ['error-responses'] },
)

/** Against DNS rebinding: a name that somebody else made point here is not one of ours. */
function refuseUnknownHost(request: FastifyRequest, { config, addresses }: Pick<AppParts, 'config' | 'addresses'>): void {
  const name = hostName(request.headers.host ?? '')
  const { publicUrl, allowedHosts } = config.http
  const known = [...LOOPBACK_NAMES, ...allowedHosts, ...(publicUrl ? [new URL(publicUrl).hostname] : [])]
  if (known.includes(name) || addresses().some((address) => address.hostname === name)) return
  throw new LabError('WRONG_HOST', { host: name || '(none)' })
}

/** What changes something, and every WebSocket, comes from a page of the same origin; browsers always say so. */
function refuseForeignOrigin(request: FastifyRequest): void {
  const { origin, host } = request.headers
  if (origin && URL.canParse(origin) && new URL(origin).host === host) return
  throw new LabError('WRONG_ORIGIN', { origin: origin ?? '(none)' })
}

/** Without the port. `[::1]:80` keeps its brackets. */
const hostName = (host: string) => host.replace(/:\d+$/, '').toLowerCase()
