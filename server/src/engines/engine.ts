/**
 * What provisions environments. Every engine passes `contract.ts`; differences are declared by `capabilities()`, not discovered.
 */
import type { Writable } from 'node:stream'
import type { Addon, CheckpointId, DoctorFinding, EnvironmentId, Message, Need } from '@wheelhouse/protocol'
import type { CommandResult, TerminalSize } from '../hosts/execution-host.js'

export interface EngineCapabilities {
  /** Newest first, as `v1.36`. The first is the default. */
  kubernetesVersions: string[]
  mostNodes: number
  controlPlanes: (1 | 3)[]
  /** The classes of need that it meets; `nodes` means root on real nodes. */
  offers: Need[]
  /** Add-ons that it can put into a cluster, or has in every one. Absent means none. */
  addons?: Addon[]
  networkPolicy: boolean
  /** Whether states can be kept, gone back to, and begun from. */
  checkpoints: boolean
  /** Whether a stopped environment frees its memory. */
  stops: boolean
  /** Whether root on a node is in effect root on the server's computer: learners besides the owner then need the owner's consent. */
  rootReachesHost?: boolean
  /**
   * Why nothing keeps a learner's shells apart from the server's account and computer; absent where something does. Only a single user
   * on loopback may then have any, and only after saying so once.
   */
  noSandbox?: string
  /** What keeps shells apart, and what holds them to their memory and processes; absent where nothing does or has to. */
  sandbox?: { holder: string; bounds: 'cgroups' | 'watch' }
  /** Memory of one environment and what its learner runs, for the bound on how many run at once. That of a kind cluster where absent. */
  environmentBytes?: number
  /** What one environment may take on the disk, where that is less than the setting `environments.mostDiskGb`. */
  mostDiskBytes?: number
  /** How many ready environments are worth keeping where `environments.poolSize` leaves it to the engine. None where absent. */
  poolSize?: number
}

/** Whether the engine can be used now; `remedy` says what a person can do about it. */
export type EngineStatus = { available: true; version: string } | { available: false; why: string; remedy: Message }

export interface ClusterSpec {
  /** `main` in a lab; an exam names its own. */
  name: string
  /** `v1.36` */
  kubernetes: string
  controlPlanes: 1 | 3
  workers: number
  bareNodes: number
  cni: 'default' | 'none'
  addons: string[]
}

/** A kept state of an environment: what its clusters held, and the home on `base`. */
export interface Checkpoint {
  id: CheckpointId
  takenAtMs: number
  /** What its taker wanted to know later; JSON. */
  note: unknown
}

export interface EnvironmentSpec {
  id: EnvironmentId
  /** Begins as that environment, of the same clusters, was at that checkpoint, and is its own from then on. */
  from?: { environment: EnvironmentId; checkpoint: CheckpointId }
  clusters: ClusterSpec[]
  /** Every image that the labs of this environment pull. Loaded before `provision` resolves, so that nodes never pull. */
  images: string[]
}

/** The steps that a provisioning goes through, in order, as they become known. */
export type StepEvent =
  | { type: 'plan'; steps: { name: string; title: Message }[] }
  | { type: 'started'; step: string }
  | { type: 'output'; step: string; text: string }
  | { type: 'done'; step: string }
  | { type: 'skipped'; step: string }
  | { type: 'failed'; step: string; command?: string; output?: string }

export interface ProvisionOptions {
  /** Aborting stops the work and removes what exists; the promise rejects with `ENGINE_ABORTED`. */
  signal?: AbortSignal
  onStep?: (event: StepEvent) => void
  /** On failure leave what there is, for its logs. */
  keepOnFailure?: boolean
}

export type MachineRole = 'base' | 'control-plane' | 'worker' | 'bare'

export interface Machine {
  /** `base`, `controlplane`, `controlplane02`, `node01`, ...: the same in ssh, prompts, `hostname` and `kubectl get nodes`. */
  name: string
  role: MachineRole
  /** The cluster it belongs to; null for `base`. */
  cluster: string | null
  /** Absent where it has one; false for a node that is there in the API alone. */
  shell?: false
}

export interface Cluster {
  name: string
  kubernetes: string
  nodes: string[]
  /** YAML. Its server URL is reachable from the learner's machines, not from the server. */
  learnerKubeconfig: string
  /** YAML. Its server URL is reachable from the server; its user is in `system:masters` and is the grader's own. */
  graderKubeconfig: string
}

export interface MachineCommand {
  machine: string
  user: 'candidate' | 'root'
  /** Program and arguments; no shell interprets them. */
  argv: readonly [string, ...string[]]
  stdin?: string | Uint8Array
  /** Milliseconds, after which the command is killed on the machine and the promise rejects with `CommandTimeout`. */
  timeoutMs: number
  signal?: AbortSignal
}

export interface ShellRequest {
  machine: string
  user: 'candidate' | 'root'
  cwd?: string
  size: TerminalSize
}

/**
 * The channel to the keeper of one machine: framed bytes in both directions (see `terminals/keeper-protocol.ts`).
 * The keeper holds the shells; this is a view that may be cut and opened again at any time without loss.
 */
export interface KeeperChannel {
  readonly input: Writable
  readonly output: NodeJS.ReadableStream
  readonly ended: Promise<{ exitCode: number; stderr: string }>
  close(): void
}

export interface Environment {
  readonly id: EnvironmentId
  readonly clusters: Cluster[]
  readonly machines: Machine[]
  /** Starts the machine's keeper where it does not run, and connects to it. */
  openKeeper(machine: string): KeeperChannel
  /** Resolves whatever the exit code. */
  run(command: MachineCommand): Promise<CommandResult>
  /** `mode` defaults to 0644; the owner is `user`. Missing folders are made. */
  putFile(machine: string, user: 'candidate' | 'root', path: string, content: string | Uint8Array, mode?: number): Promise<void>
  getFile(machine: string, path: string): Promise<Buffer>
}

/** What an environment uses now; null where the engine cannot say. Bytes; cores. */
export interface EnvironmentUsage {
  memoryBytes: number | null
  diskBytes: number | null
  cpuCores: number | null
}

export type EnvironmentCondition = 'running' | 'stopped' | 'absent' | { broken: string }

export interface Engine {
  readonly name: 'kind' | 'simulated' | 'kubeconfig' | (string & {})
  status(): Promise<EngineStatus>
  /** What the doctor finds of this engine: each thing it needs, how it is, and what to do about it. */
  findings?(): Promise<DoctorFinding[]>
  capabilities(): Promise<EngineCapabilities>
  /**
   * Makes the environment and resolves when every node is Ready and every image is there.
   *
   * Safe to repeat with the same `spec.id`: a healthy environment is returned (missing images are added), a half-built one is
   * removed and built again. On failure nothing is left behind unless `keepOnFailure` is set.
   *
   * @throws LabError `NOT_FOUND` where `spec.from` is gone, `ENGINE_UNAVAILABLE`, `ENGINE_STEP_FAILED` (names the step, command and output), `ENGINE_TIMEOUT`,
   *   `ENGINE_NO_SPACE`, `ENGINE_ABORTED`, `ENGINE_UNSUPPORTED` (never retry), `IMAGE_MISSING`, `DISK_FULL`
   */
  provision(spec: EnvironmentSpec, options?: ProvisionOptions): Promise<Environment>
  /** The environment as it stands, without changing it. @throws LabError `ENVIRONMENT_NOT_READY` where it does not run */
  open(id: EnvironmentId): Promise<Environment>
  inspect(id: EnvironmentId): Promise<EnvironmentCondition>
  /** Frees CPU and memory, keeps disks. Idempotent. */
  stop(id: EnvironmentId): Promise<void>
  /** Starts a stopped environment and waits until it is as ready as `provision` leaves it. @throws LabError `ENVIRONMENT_BROKEN` */
  start(id: EnvironmentId, options?: Omit<ProvisionOptions, 'keepOnFailure'>): Promise<Environment>
  /**
   * Keeps the state of a running environment until it is dropped or the environment destroyed, over restarts of the server too.
   *
   * @throws LabError `ENGINE_UNSUPPORTED` where `capabilities().checkpoints` is false, `CHECKPOINT_TOO_LARGE`
   */
  checkpoint(id: EnvironmentId, note?: unknown): Promise<CheckpointId>
  /** Oldest first; none where there is no such environment, or the engine keeps none. */
  checkpoints(id: EnvironmentId): Promise<Checkpoint[]>
  /**
   * Goes back: objects of the clusters and the home as they were, what came later is gone. Watches start over, programs in Pods that
   * are there again begin anew, open shells stay open.
   *
   * @throws LabError `NOT_FOUND` where there is no such checkpoint; `ENGINE_UNSUPPORTED` as `checkpoint`
   */
  restore(id: EnvironmentId, checkpoint: CheckpointId): Promise<void>
  /** Idempotent. */
  dropCheckpoint(id: EnvironmentId, checkpoint: CheckpointId): Promise<void>
  /** Removes all of it. Idempotent; works on half-built ones. */
  destroy(id: EnvironmentId): Promise<void>
  /** Environments will be asked for soon: what they all need starts now, where an engine has such. Never throws, waits for nothing. */
  warm?(): void
  /** The environments that bear this installation's id, running or not, after a restart of the server. */
  adopt(): Promise<EnvironmentId[]>
  usage(id: EnvironmentId): Promise<EnvironmentUsage>
  /** Writes every log that explains a failure into `directory` on the server. */
  collectLogs(id: EnvironmentId, directory: string): Promise<void>
  /** Lets go of what the server holds open (watchers, ports). Environments stay. */
  close(): Promise<void>
}
