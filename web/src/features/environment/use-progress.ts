import type { Step } from '@wheelhouse/protocol'
import { useRef } from 'react'
import { useServerNow } from '~/lib/clock'
import type { ShownStep } from './steps'

export interface Progress {
  steps: ShownStep[]
  elapsedMs: number
  /** Null where no earlier run tells. */
  expectedMs: number | null
  /** From 0 to just under 1; grows smoothly and never goes back. */
  share: number
}

/** Counts the running step on between two messages, and weighs steps by the time they are expected to take. */
export function useProgress(steps: readonly Step[], startedAtMs: number): Progress {
  const now = useServerNow(500)
  const seen = useRef({ steps, atMs: now })
  if (seen.current.steps !== steps) seen.current = { steps, atMs: now }
  const sinceMs = Math.max(0, now - seen.current.atMs)
  const shown = steps.map((step) => ({ ...step, shownMs: step.elapsedMs + (step.status === 'running' ? sinceMs : 0) }))
  return {
    steps: shown,
    elapsedMs: Math.max(0, now - startedAtMs),
    expectedMs: expectedOf(steps),
    share: shareOf(shown),
  }
}

/** A step that nobody knows counts as this. */
const UNKNOWN_STEP_MS = 5_000

export function expectedOf(steps: readonly Step[]): number | null {
  const counted = steps.filter((step) => step.status !== 'skipped')
  if (counted.length === 0 || counted.every((step) => step.expectedMs === null)) return null
  return counted.reduce((sum, step) => sum + (step.expectedMs ?? UNKNOWN_STEP_MS), 0)
}

export function shareOf(steps: readonly ShownStep[]): number {
  let whole = 0
  let done = 0
  for (const step of steps) {
    if (step.status === 'skipped') continue
    const weight = step.expectedMs ?? UNKNOWN_STEP_MS
    whole += weight
    if (step.status === 'done') done += weight
    // A step that takes longer than ever nears its end and never reaches it.
    if (step.status === 'running') done += weight * (1 - Math.exp(-1.6 * (step.shownMs / weight)))
  }
  return whole === 0 ? 0 : Math.min(0.99, done / whole)
}
