/** What a checker says of a task, and how it says it. The same shape leaves a checker process, rests in the store and reaches the browser. */
import Type, { type Static } from 'typebox'
import { Message } from './message.js'

/**
 * - `passed`
 * - `failed`: settled, and wrong
 * - `not-yet`: absent, or still progressing when the deadline came
 * - `error`: our fault; never counted against the learner
 */
export const CheckStatus = Type.Enum(['passed', 'failed', 'not-yet', 'error'])
export type CheckStatus = Static<typeof CheckStatus>

/** What was looked at, what it should have been, what it was, and how to see it with one's own eyes. */
export const Evidence = Type.Object({
  holds: Type.Boolean({ description: 'whether what was found is what was expected; a check shows several' }),
  /** What was looked at, where possible in the cluster's own words: "Deployment shop/web status.availableReplicas". */
  subject: Message,
  expected: Message,
  found: Message,
  seeWith: Type.Optional(Type.String({ description: 'a command that shows it' })),
})
export type Evidence = Static<typeof Evidence>

export const CheckResult = Type.Object({
  check: Type.String({ description: 'id of the check in task.yaml' }),
  status: CheckStatus,
  points: Type.Integer({ minimum: 0, description: 'points won; 0 unless passed' }),
  maxPoints: Type.Integer({ minimum: 0, description: '0 for a guard' }),
  guard: Type.Boolean(),
  evidence: Type.Array(Evidence),
  error: Type.Optional(Type.String({ description: 'for `error`: what went wrong on our side' })),
  tookMs: Type.Number({ minimum: 0 }),
})
export type CheckResult = Static<typeof CheckResult>

/** What a checker that is a script prints, as one JSON text on its standard output. Checks that it leaves out are an `error`. */
export const ScriptVerdict = Type.Object(
  {
    checks: Type.Array(
      Type.Object(
        {
          check: Type.String(),
          status: CheckStatus,
          evidence: Type.Optional(Type.Array(Evidence)),
          error: Type.Optional(Type.String()),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
)
export type ScriptVerdict = Static<typeof ScriptVerdict>

export const Verdict = Type.Object({
  task: Type.String(),
  contentVersion: Type.String({ description: 'hash of the task and its checker' }),
  status: CheckStatus,
  points: Type.Integer({ minimum: 0, description: '0 where a guard failed' }),
  maxPoints: Type.Integer({ minimum: 0 }),
  checks: Type.Array(CheckResult),
  notGradable: Type.Array(Type.String(), {
    description: 'checks that need a machine this engine does not have; outside the points',
  }),
  gradedAtMs: Type.Number(),
  tookMs: Type.Number(),
})
export type Verdict = Static<typeof Verdict>
