/** Brings changes of environments to the pages of their learners, in the order in which they happened. */
import type { Logger } from 'pino'
import type { Environments } from '../environments/environments.js'
import type { EnvironmentViews } from '../environments/views.js'
import { KeyedQueue } from '../keyed-queue.js'
import type { EventHub } from './event-hub.js'

export interface ForwardParts {
  environments: Environments
  environmentViews: EnvironmentViews
  hub: EventHub
  log: Logger
}

/** @returns ends it */
export function forwardChanges({ environments, environmentViews, hub, log }: ForwardParts): () => void {
  const queue = new KeyedQueue<string>()
  return environments.onChange((record) => {
    const { learner } = record
    if (learner === null || !hub.isPresent(learner)) return
    queue
      .run(record.id, async () => hub.publish(learner, { type: 'environment', environment: await environmentViews.view(record) }))
      .catch((error: unknown) => log.error({ err: error, environment: record.id }, 'environment could not be announced'))
  })
}
