/**
 * A write is one synchronous step, and a webhook takes time, as long rules in CEL do (`cel/pieces.ts`). So a request that comes to a webhook without an answer is given up, the
 * webhook is asked, and the request begins anew with the answer at hand; chance and time are the same in every attempt, so that it comes
 * to the same question. What another request has changed meanwhile is seen, and asked about anew.
 */
import type { ApiContext } from '../../api/context.js'
import type { ApiRequest } from '../../api/request.js'
import { Evaluations, Rest } from '../../cel/pieces.js'
import { failure } from '../../objects/status.js'
import type { Random } from '../../time/random.js'
import { processTurns } from '../../time/turns.js'

export interface WebhookReply {
  status: number
  body: string
}

/** What to ask whom. */
export interface WebhookCall {
  target: WebhookTarget
  body: string
  timeoutMs: number
}
export type WebhookTarget =
  | { type: 'service'; namespace: string; name: string; port: number; path: string; caBundle?: string | undefined }
  | { type: 'url'; url: string }

/** An answer, or why there is none. */
export type WebhookAnswer = { reply: WebhookReply } | { fault: string }

/** Questions of one request: more than there are webhooks in any cluster, so that one that never settles ends. */
const MOST_ATTEMPTS = 100

/** Draws are kept and given again in the same order. */
class ReplayedRandom implements Random {
  #next = 0
  constructor(
    readonly random: Random,
    readonly drawn: (number | string)[],
  ) {}
  #draw<T extends number | string>(make: () => T): T {
    const index = this.#next++
    this.drawn[index] ??= make()
    return this.drawn[index] as T
  }
  below(limit: number): number {
    return this.#draw(() => this.random.below(limit))
  }
  uuid(): string {
    return this.#draw(() => this.random.uuid())
  }
}

export class WebhookRound {
  readonly answers = new Map<string, WebhookAnswer>()
  readonly evaluations = new Evaluations()
  readonly #drawn: (number | string)[] = []
  #nowMs: number | undefined

  /** The cluster with this request's own time and chance. */
  over(context: ApiContext): ApiContext {
    const { clock, random } = context
    this.#nowMs ??= clock.now()
    const now = this.#nowMs
    return {
      ...context,
      clock: { now: () => now, after: (delayMs, work) => clock.after(delayMs, work) },
      random: new ReplayedRandom(random, this.#drawn),
    }
  }
}

/** Thrown through the write that has to wait. No failure: whoever performed the request asks, and performs it again. */
export class WebhookNeeded extends Error {
  constructor(
    /** Undefined where the request has no round yet. */
    readonly question?: { key: string; call: WebhookCall },
  ) {
    super('a webhook has to be asked first')
  }
}

type Holder = Pick<ApiRequest, 'round'>

/** Performs until every webhook has been asked and every rule evaluated. @param perform reads `round` of the holder anew each time */
export async function withWebhooks<T>(context: ApiContext, holder: Holder, perform: () => T | Promise<T>): Promise<T> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; ) {
    try {
      return await perform()
    } catch (error) {
      if (error instanceof Rest) {
        await evaluateOn(context, holder, error)
        continue
      }
      if (!(error instanceof WebhookNeeded)) throw error
      attempt++
      holder.round ??= new WebhookRound()
      const { question } = error
      if (question) holder.round.answers.set(question.key, await ask(context, question.call))
    }
  }
  throw failure.timeout('request did not complete: the answers of its webhooks keep changing it')
}

/** What the first attempt has evaluated is lost: without a round its objects differ from those of the next. */
async function evaluateOn(context: ApiContext, holder: Holder, { goOn }: Rest): Promise<void> {
  if (!holder.round) holder.round = new WebhookRound()
  else while (!(await processTurns.runOn(context, goOn)));
}

async function ask({ facts, store }: ApiContext, call: WebhookCall): Promise<WebhookAnswer> {
  const { target } = call
  if (target.type === 'service' && !store.get('services', `${target.namespace}/${target.name}`))
    return { fault: `service ${JSON.stringify(target.name)} not found` }
  try {
    if (!facts.callWebhook) return { fault: 'dial tcp: connect: connection refused' }
    return { reply: await facts.callWebhook(call) }
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) }
  }
}
