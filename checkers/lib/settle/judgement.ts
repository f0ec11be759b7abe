/**
 * Whether an object is still on its way. A failing check is `failed` only when everything it looked at has settled, and a passing
 * one passes only when nothing it looked at is young: a Pod that will crash in a second is Running now.
 */
import type { Message } from '@wheelhouse/protocol'
import { message } from '../words.js'

export type Judgement = { of?: Message } & (
  | { state: 'settled'; why?: Message }
  /** On its way. After `patienceMs` without any change it counts as settled; absent: never, only the deadline ends it. */
  | { state: 'progressing'; why: Message; patienceMs?: number }
  /** Fine so far, but only just: look again in `steadyInMs`. */
  | { state: 'young'; why: Message; steadyInMs: number }
)

export const settled = (why?: Message): Judgement => (why ? { state: 'settled', why } : { state: 'settled' })

export const progressing = (why: Message, patienceMs?: number): Judgement =>
  patienceMs === undefined ? { state: 'progressing', why } : { state: 'progressing', why, patienceMs }

export const young = (steadyInMs: number): Judgement => ({ state: 'young', why: message('found.unsteady'), steadyInMs })

/** The judgement of several things together: one that progresses (the most patient of them), else the youngest, else settled. */
export function together(judgements: readonly Judgement[]): Judgement {
  const patience = (judgement: Judgement) => ('patienceMs' in judgement ? (judgement.patienceMs ?? 0) : Number.POSITIVE_INFINITY)
  const moving = judgements.filter((judgement) => judgement.state === 'progressing')
  const mostPatient = moving.sort((a, b) => patience(b) - patience(a))[0]
  if (mostPatient) return mostPatient
  const starting = judgements.flatMap((judgement) => (judgement.state === 'young' ? [judgement] : []))
  const youngest = starting.sort((a, b) => b.steadyInMs - a.steadyInMs)[0]
  return youngest ?? settled()
}
