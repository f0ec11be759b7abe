/** What the server and a process that holds clusters say to each other. */
import type { Cluster, EnvironmentSpec } from '../../engine.js'

/** What can be asked of the clusters of one environment, and what comes back. */
export interface Calls {
  /** Makes them, or brings them back from the disk; those that run already are told as they are. */
  bring: { with: { directory: string; spec: EnvironmentSpec; ports: number[] }; gives: { views: Cluster[]; ports: number[] } }
  serveInside: { with: { enter: [string, ...string[]] }; gives: undefined }
  addImages: { with: { images: string[] }; gives: undefined }
  /** Writes what each cluster holds into a folder, and puts it back from there. */
  checkpoint: { with: { folder: string }; gives: undefined }
  restore: { with: { folder: string }; gives: undefined }
  events: { with: Record<never, never>; gives: Record<string, unknown[]> }
  close: { with: Record<never, never>; gives: undefined }
}

export type CallName = keyof Calls

export type ToHost = { [K in CallName]: { number: number; call: K; environment: string; with: Calls[K]['with'] } }[CallName]

export type FromHost =
  | { type: 'answer'; number: number; value: unknown }
  | { type: 'fault'; number: number; message: string }
  /** Something went wrong in a cluster that nobody had asked about. */
  | { type: 'error'; where: string; message: string }
