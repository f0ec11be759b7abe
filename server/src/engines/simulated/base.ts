/** Where the commands and shells of `base` run on this computer: in a sandbox, or where none is to be had, as this very account. */
import type { Cluster } from '../engine.js'

export interface Base {
  /** Makes what is missing of it. */
  start(): Promise<void>
  /** What runs a program there: put it before the program's own words. */
  enter(machine: string): Promise<[string, ...string[]]>
  /** What runs a program of this computer in the network of `base`; null where that is this computer's own. */
  enterNetwork(): Promise<[string, ...string[]] | null>
  /** Its first process; null where it has none, so that nobody can say what is its. */
  pid(): Promise<number | null>
  /** Ends a process by the number that it has there; -1 ends all. */
  kill(inside: number): Promise<void>
  /** Gives a file that the server wrote to the account that works there. */
  own(path: string): Promise<void>
  /** A cluster with the address under which `base` reaches it. */
  seen(cluster: Cluster): Cluster
  /** Where the folders of the machine lie on this computer. */
  readonly folders: { home: string; tmp: string }
  /** A word or script of ours as it is to be said there: `/home/candidate` may lie elsewhere. */
  said(text: string): string
}
