/**
 * A text that is said later, in the reader's language: a key of the catalogue in `messages/` and the values to put into it.
 * Checkers, engines and the server send messages; the browser and the command line turn them into sentences (`formatMessage`).
 */
import Type, { type Static } from 'typebox'
import { Localized } from './words.js'

export const MessageValue = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])
export type MessageValue = Static<typeof MessageValue>
export const Message = Type.Object({
  key: Type.String(),
  values: Type.Optional(Type.Record(Type.String(), MessageValue)),
  text: Type.Optional(Localized),
})
/** `text` is set where the sentence comes from a lab's own `messages:` and stands in no catalogue: it travels with the message. */
export type Message = Static<typeof Message>

export const message = (key: string, values?: Message['values']): Message => (values ? { key, values } : { key })
