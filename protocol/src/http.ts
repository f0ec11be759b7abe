/** Requests and responses of the HTTP interface, one block a resource. Paths are in the comment above each block. */
import Type, { type Static } from 'typebox'
import { Need } from './content.js'
import { CheckpointView, EngineView, EnvironmentView } from './environment.js'
import { ErrorBody } from './errors.js'
import { Message } from './message.js'
import { CheckResult, Verdict } from './verdict.js'
import { LANGUAGES, Localized } from './words.js'

// GET /api/session · PATCH /api/session {language} · DELETE /api/session (signs out)
export const SessionView = Type.Object({
  learner: Type.Object({
    id: Type.String(),
    name: Type.String(),
    role: Type.Enum(['owner', 'learner']),
    language: Type.Union([Type.Null(), Type.Enum([...LANGUAGES])], { description: 'what the learner chose; null before that' }),
  }),
  engine: EngineView,
  version: Type.String(),
})
export type SessionView = Static<typeof SessionView>
export const UpdateSession = Type.Object({ language: Type.Enum([...LANGUAGES]) }, { additionalProperties: false })

// GET /api/catalogue
export const LabCard = Type.Object({
  id: Type.String(),
  title: Localized,
  summary: Localized,
  minutes: Type.Integer(),
  needs: Need,
  tasks: Type.Integer(),
  points: Type.Integer(),
  competencies: Type.Array(Type.String()),
  /** What this learner has reached; null before the first attempt. */
  progress: Type.Union([
    Type.Null(),
    Type.Object({ attempt: Type.String(), points: Type.Integer(), tasksPassed: Type.Integer(), lastSeenAtMs: Type.Number() }),
  ]),
  /** Why the engine in use cannot run it; null where it can. */
  unsupported: Type.Union([Type.Null(), Message]),
})
export type LabCard = Static<typeof LabCard>
export const CatalogueView = Type.Object({
  chapters: Type.Array(Type.Object({ id: Type.String(), title: Localized, summary: Localized, labs: Type.Array(LabCard) })),
})
export type CatalogueView = Static<typeof CatalogueView>

// GET /api/labs/:lab?language=en
/** `html` is sanitised on the server. Buttons are marked `<button data-run|data-copy data-machine>`; see docs/authoring.md. */
export const LabStepView = Type.Object({
  id: Type.String(),
  title: Type.String(),
  html: Type.String(),
  tasks: Type.Array(Type.String(), { description: 'tasks that stand in this step, in order' }),
})
export type LabStepView = Static<typeof LabStepView>
export const LabTaskView = Type.Object({
  id: Type.String(),
  title: Type.String(),
  html: Type.String(),
  competencies: Type.Array(Type.String()),
  minutes: Type.Integer(),
  difficulty: Type.Integer(),
  machine: Type.String(),
  maxPoints: Type.Integer(),
  checks: Type.Array(Type.Object({ id: Type.String(), title: Type.String(), points: Type.Integer(), guard: Type.Boolean() })),
  hints: Type.Integer({ description: 'how many hints there are; their texts are asked for one by one' }),
  disruptive: Type.Boolean({
    description: 'it breaks what other tasks stand on, so it is set up only when the learner asks (reset)',
  }),
})
export type LabTaskView = Static<typeof LabTaskView>
export const LabView = Type.Object({
  id: Type.String(),
  chapter: Type.String(),
  title: Type.String(),
  summary: Type.String(),
  minutes: Type.Integer(),
  needs: Need,
  machines: Type.Array(Type.String()),
  steps: Type.Array(LabStepView),
  tasks: Type.Array(LabTaskView),
  contentVersion: Type.String(),
  expectedMs: Type.Union([Type.Null(), Type.Number()], {
    description: 'how long its environment takes to be ready: median of earlier runs; null where there was none',
  }),
  unsupported: Type.Union([Type.Null(), Message]),
  attempt: Type.Union([Type.Null(), Type.String()], { description: "this learner's attempt at it; null before the first" }),
})
export type LabView = Static<typeof LabView>

// POST /api/attempts {lab} (the learner's attempt at it, made where there is none) · GET /api/attempts/:attempt
// PATCH /api/attempts/:attempt {step} · POST /api/attempts/:attempt/reset (every task back to its start)
// Each answers with the AttemptView as it is then; what follows comes as events.
export const Reveal = Type.Enum(['hint-1', 'hint-2', 'solution'])
export type Reveal = Static<typeof Reveal>
export const AttemptTaskView = Type.Object({
  task: Type.String(),
  setup: Type.Enum(['waiting', 'running', 'done', 'failed']),
  setupError: Type.Union([Type.Null(), ErrorBody], { description: 'why the setup failed; null otherwise' }),
  checking: Type.Boolean(),
  arriving: Type.Array(CheckResult, { description: 'while checking: the results known so far; empty otherwise' }),
  latest: Type.Union([Type.Null(), Verdict]),
  asked: Type.Boolean({
    description: 'whether the learner asked for a check of it since it was set up; before that, what is not right yet is no news',
  }),
  /** A full pass is kept even if a later task undoes it. */
  passedAtMs: Type.Union([Type.Null(), Type.Number()]),
  bestPoints: Type.Integer(),
  revealed: Type.Array(Reveal),
})
export type AttemptTaskView = Static<typeof AttemptTaskView>
export const AttemptView = Type.Object({
  id: Type.String(),
  lab: Type.String(),
  step: Type.String({ description: 'id of the step the learner was on' }),
  startedAtMs: Type.Number(),
  finishedAtMs: Type.Union([Type.Null(), Type.Number()]),
  points: Type.Integer(),
  maxPoints: Type.Integer(),
  tasks: Type.Array(AttemptTaskView),
  environment: Type.Union([Type.Null(), EnvironmentView]),
})
export type AttemptView = Static<typeof AttemptView>
export const StartAttempt = Type.Object({ lab: Type.String() }, { additionalProperties: false })
export const UpdateAttempt = Type.Object({ step: Type.String({ maxLength: 100 }) }, { additionalProperties: false })

// POST /api/attempts/:attempt/tasks/:task/checks · POST /api/attempts/:attempt/tasks/:task/reset: 202 with the AttemptView
// POST /api/attempts/:attempt/tasks/:task/reveals {reveal, language}
export const RevealRequest = Type.Object({ reveal: Reveal, language: Type.Enum(['en', 'zh']) }, { additionalProperties: false })
export const RevealView = Type.Object({ reveal: Reveal, html: Type.String() })
export type RevealView = Static<typeof RevealView>

// GET /api/environments · GET /api/environments/:environment · DELETE /api/environments/:environment
// POST /api/environments/:environment/{start,stop,cancel,retry,rebuild,extend}: 202 with the EnvironmentView
// GET /api/environments/:environment/logs: plain text, what was kept of a failure
export const EnvironmentsView = Type.Object({ environments: Type.Array(EnvironmentView) })
export type EnvironmentsView = Static<typeof EnvironmentsView>

// GET /api/environments/:environment/checkpoints, newest first · POST {name}: 201 with the CheckpointView
// DELETE /api/environments/:environment/checkpoints/:checkpoint: 204 · POST .../restore: 200 with the EnvironmentView
// POST .../fork: 202 with the EnvironmentView of the copy
export const CheckpointsView = Type.Object({ checkpoints: Type.Array(CheckpointView) })
export type CheckpointsView = Static<typeof CheckpointsView>
export const TakeCheckpoint = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 60, pattern: '\\S' }) },
  { additionalProperties: false },
)

// POST /api/sandbox/consent: 204; the owner's word that shells may run without a sandbox

// GET /api/doctor
export const DoctorFinding = Type.Object({
  name: Type.String(),
  title: Message,
  status: Type.Enum(['ok', 'warning', 'problem', 'unknown']),
  found: Message,
  remedy: Type.Optional(Message),
})
export type DoctorFinding = Static<typeof DoctorFinding>
export const DoctorReport = Type.Object({ findings: Type.Array(DoctorFinding), checkedAtMs: Type.Number() })
export type DoctorReport = Static<typeof DoctorReport>
