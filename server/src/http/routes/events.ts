/** The socket that keeps a page true while it is open. */
import type { LearnerId, ServerEvent } from '@wheelhouse/protocol'
import type { WebSocket } from 'ws'
import { learnerFrom } from '../sessions.js'
import type { App, AppParts } from '../types.js'

/** A page that does not keep up is cut off; it comes back and hears everything anew. */
const MOST_BUFFERED_BYTES = 4_000_000
/** A half-open socket is found out within two of these. Proxies cut sockets that are silent for a minute. */
const PING_EVERY_MS = 25_000
const TRY_AGAIN_LATER = 1013

export async function eventRoutes(app: App, parts: AppParts): Promise<void> {
  app.get('/api/events', { websocket: true, config: { access: 'learner' } }, (socket, request) => {
    follow(socket, learnerFrom(request).id, parts)
  })
}

function follow(socket: WebSocket, learner: LearnerId, parts: AppParts): void {
  const send = (event: ServerEvent) => {
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > MOST_BUFFERED_BYTES) socket.close(TRY_AGAIN_LATER, 'too slow')
    else socket.send(JSON.stringify(event))
  }
  const stopPings = keepAlive(socket)
  // Subscribed before the first values are read, so that no change falls between.
  const unsubscribe = parts.hub.subscribe(learner, send)
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    stopPings()
    unsubscribe()
  })
  greet(learner, send, parts).catch(() => socket.close(TRY_AGAIN_LATER))
}

/** Everything that the learner has open, as it is now. */
async function greet(learner: LearnerId, send: (event: ServerEvent) => void, parts: AppParts): Promise<void> {
  send({ type: 'hello', serverTimeMs: parts.clock.now() })
  for (const record of await parts.store.environments.ofLearner(learner))
    send({ type: 'environment', environment: await parts.environmentViews.view(record) })
  for (const attempt of await parts.store.attempts.ofLearner(learner))
    if (attempt.environment) send({ type: 'attempt', attempt: await parts.attempts.views.view(attempt) })
  for (const notice of parts.notices(learner)) send(notice)
}

function keepAlive(socket: WebSocket): () => void {
  let answered = true
  socket.on('pong', () => {
    answered = true
  })
  const timer = setInterval(() => {
    if (!answered) return socket.terminate()
    answered = false
    socket.ping()
  }, PING_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
