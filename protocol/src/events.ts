/**
 * What the server tells a page while it is open: `GET /api/events` as a WebSocket, one JSON text a message.
 * Every message carries the whole new value of one thing, so a page that reconnects needs no history:
 * the server sends `attempt` and `environment` for all that the learner has open when the socket opens.
 */
import Type, { type Static } from 'typebox'
import { EnvironmentView } from './environment.js'
import { AttemptView } from './http.js'
import { Message } from './message.js'

export const ServerEvent = Type.Union([
  Type.Object({ type: Type.Literal('hello'), serverTimeMs: Type.Number() }),
  Type.Object({ type: Type.Literal('attempt'), attempt: AttemptView }),
  Type.Object({ type: Type.Literal('environment'), environment: EnvironmentView }),
  Type.Object({
    type: Type.Literal('notice'),
    id: Type.String(),
    level: Type.Enum(['info', 'warning', 'danger']),
    text: Message,
    environment: Type.Optional(Type.String()),
    /** A notice about a moment to come counts down to it. */
    untilMs: Type.Optional(Type.Number()),
  }),
  /** What that notice said no longer holds. */
  Type.Object({ type: Type.Literal('notice-gone'), id: Type.String() }),
])
export type ServerEvent = Static<typeof ServerEvent>
