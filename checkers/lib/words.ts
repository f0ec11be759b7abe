/** Messages without the schema library behind `@wheelhouse/protocol`: a checker's process must start in a few milliseconds. */
import type { Message } from '@wheelhouse/protocol'

export const message = (key: string, values?: Message['values']): Message => (values ? { key, values } : { key })
