/** What passes between the server and the process that runs one checker once. Everything is JSON. */
import type { CheckReport, MachineReply, MachineRequest, RunOrder } from '@wheelhouse/checkers/run'

export type ToChecker =
  | { type: 'run'; order: RunOrder; checker: string; machines: string[] }
  | { type: 'machine-reply'; id: number; reply: MachineReply | { fault: string } }
  | { type: 'node-reply'; id: number; answers: boolean }

export type FromChecker =
  | { type: 'ready' }
  /** Every second: the event loop turns. */
  | { type: 'beat' }
  | { type: 'check'; report: CheckReport }
  | { type: 'machine'; id: number; request: MachineRequest }
  | { type: 'node'; id: number }
  | { type: 'done' }
  /** The checker could not be loaded. */
  | { type: 'fault'; message: string }
