/** An environment as the browser sees it: one union for its state, and the named steps of long work. */
import Type, { type Static } from 'typebox'
import { Need } from './content.js'
import { ErrorBody } from './errors.js'
import { Message } from './message.js'

/** One named piece of long work. `title.key` is `step.NAME`; times are milliseconds. */
export const Step = Type.Object({
  name: Type.String(),
  title: Message,
  status: Type.Enum(['waiting', 'running', 'done', 'failed', 'skipped']),
  elapsedMs: Type.Number(),
  expectedMs: Type.Union([Type.Number(), Type.Null()], { description: 'median of earlier runs; null where there was none' }),
  log: Type.Optional(Type.String({ description: 'the last lines that the step printed' })),
})
export type Step = Static<typeof Step>

const StopReason = Type.Enum(['learner', 'idle', 'disk', 'operator', 'engine'])
export type StopReason = Static<typeof StopReason>

export const EnvironmentState = Type.Union([
  Type.Object({ phase: Type.Literal('queued'), position: Type.Integer(), expectedMs: Type.Union([Type.Number(), Type.Null()]) }),
  Type.Object({ phase: Type.Literal('provisioning'), steps: Type.Array(Step), startedAtMs: Type.Number() }),
  Type.Object({
    phase: Type.Literal('ready'),
    idleDeadlineMs: Type.Union([Type.Number(), Type.Null()], {
      description: 'when it stops unless something happens; null means never',
    }),
  }),
  Type.Object({ phase: Type.Literal('stopping'), reason: StopReason }),
  Type.Object({ phase: Type.Literal('stopped'), reason: StopReason }),
  Type.Object({ phase: Type.Literal('starting'), steps: Type.Array(Step), startedAtMs: Type.Number() }),
  Type.Object({
    phase: Type.Literal('broken'),
    why: Type.String({ description: "what cannot come back, in the engine's words; a rebuild is offered" }),
  }),
  Type.Object({
    phase: Type.Literal('failed'),
    error: ErrorBody,
    steps: Type.Array(Step),
    leftovers: Type.Enum(['none', 'kept', 'being-removed']),
  }),
  Type.Object({ phase: Type.Literal('deleting') }),
  Type.Object({ phase: Type.Literal('deleted') }),
])
export type EnvironmentState = Static<typeof EnvironmentState>
export type EnvironmentPhase = EnvironmentState['phase']

export const MachineView = Type.Object({
  name: Type.String({ description: 'base, controlplane, node01, ...' }),
  role: Type.Enum(['base', 'control-plane', 'worker', 'bare']),
  shell: Type.Optional(Type.Boolean({ description: 'false for a node that is there in the API alone; true where absent' })),
})
export type MachineView = Static<typeof MachineView>

export const EnvironmentView = Type.Object({
  id: Type.String(),
  lab: Type.String(),
  engine: Type.String(),
  state: EnvironmentState,
  machines: Type.Array(MachineView),
  fork: Type.Boolean({ description: 'a copy of another of this learner, to try something in; no tasks are graded there' }),
  expiresAtMs: Type.Union([Type.Number(), Type.Null()], { description: 'when it is deleted; null while it is in use' }),
  keptDays: Type.Integer({ description: 'how long it is kept after it has stopped; 0 means until it is deleted by hand' }),
})
export type EnvironmentView = Static<typeof EnvironmentView>

/** Why a state was kept: at the start of a lab, after a task, before a reset or a return to another state, or by the learner's word. */
export const CheckpointKind = Type.Enum(['start', 'solved', 'before-reset', 'before-return', 'named'])
export type CheckpointKind = Static<typeof CheckpointKind>

/** A kept state of an environment. */
export const CheckpointView = Type.Object({
  id: Type.String(),
  takenAtMs: Type.Number(),
  kind: CheckpointKind,
  task: Type.Union([Type.String(), Type.Null()], { description: 'the task that was solved, or that a reset was of; null: all' }),
  name: Type.Union([Type.String(), Type.Null()], { description: "the learner's word for it" }),
})
export type CheckpointView = Static<typeof CheckpointView>

export const EngineView = Type.Object({
  name: Type.String(),
  available: Type.Boolean(),
  checkpoints: Type.Boolean({ description: 'whether states of an environment can be kept' }),
  home: Type.String({ description: 'what the home on base is called in its shells; texts of labs say /home/candidate' }),
  remedy: Type.Optional(Message),
  offers: Type.Array(Need),
})
export type EngineView = Static<typeof EngineView>
