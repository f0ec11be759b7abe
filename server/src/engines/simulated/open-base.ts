/**
 * `base` without a sandbox: shells of this account on this computer, with a home of the environment's own. Nothing keeps them apart from
 * the rest of the computer, which is why a learner gets one only by the owner's word (docs/decisions/0047-without-a-sandbox.md).
 */
import { lstat, mkdir, rm, symlink } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { basename, join } from 'node:path'
import type { Cluster } from '../engine.js'
import type { Base } from './base.js'

export interface OpenBaseParts {
  /** The environment's folder on this computer. */
  directory: string
  /** Programs that must be found under their own names. */
  tools: Record<string, string>
}

const HOME = '/home/candidate'
/** What a script may say without quotes. */
const PLAIN = /^[\w./@+-]+$/
const INSIDE_ADDRESS = /https:\/\/controlplane:\d+/

export class OpenBase implements Base {
  constructor(readonly parts: OpenBaseParts) {}

  /** The computer's own /tmp: nothing could put another in its place. */
  get folders(): { home: string; tmp: string } {
    return { home: join(this.parts.directory, 'home'), tmp: '/tmp' }
  }

  get #tools(): string {
    return join(this.parts.directory, 'tools')
  }

  /** The home under a name without blanks, as authors' scripts need it: "Application Support" has one. */
  get #home(): string {
    const { home } = this.folders
    return PLAIN.test(home) ? home : join(linksFolder(), basename(this.parts.directory))
  }

  async start(): Promise<void> {
    for (const folder of [this.folders.home, this.#tools]) await mkdir(folder, { recursive: true, mode: 0o700 })
    for (const [name, path] of Object.entries(this.parts.tools)) await link(path, join(this.#tools, name))
    if (this.#home === this.folders.home) return
    await makePrivate(linksFolder())
    await link(this.folders.home, this.#home)
  }

  /** What of it lies beside the environment's folder. */
  async remove(): Promise<void> {
    if (this.#home !== this.folders.home) await rm(this.#home, { force: true })
  }

  async enter(machine: string): Promise<[string, ...string[]]> {
    return ['env', '-i', ...this.#environment(machine), 'sh', '-c', 'cd "$HOME" && exec "$@"', 'sh']
  }

  /** A login's, and nothing of the server's settings. */
  #environment(machine: string): string[] {
    const { username } = userInfo()
    const { PATH = '/usr/local/bin:/usr/bin:/bin', LANG = 'C.UTF-8', TMPDIR } = process.env
    const variables = {
      HOME: this.#home,
      USER: username,
      LOGNAME: username,
      SHELL: '/bin/bash',
      TERM: 'xterm-256color',
      LANG,
      PATH: `${this.#tools}:${PATH}`,
      KUBECONFIG: join(this.#home, '.kube/config'),
      WHEELHOUSE_MACHINE: machine,
      WHEELHOUSE_TOOLS: this.#tools,
      ...(TMPDIR ? { TMPDIR } : {}),
    }
    return Object.entries(variables).map(([name, value]) => `${name}=${value}`)
  }

  /** The server's own way to the API server is the learner's too. */
  seen(cluster: Cluster): Cluster {
    const [address] = /https:\/\/127\.0\.0\.1:\d+/.exec(cluster.graderKubeconfig) ?? []
    if (!address) throw new Error(`the cluster ${cluster.name} has no address on loopback`)
    return { ...cluster, learnerKubeconfig: cluster.learnerKubeconfig.replace(INSIDE_ADDRESS, address) }
  }

  said(text: string): string {
    return text.replaceAll(HOME, this.#home)
  }

  enterNetwork = async (): Promise<null> => null
  pid = async (): Promise<null> => null
  async kill(): Promise<void> {}
  async own(): Promise<void> {}
}

const linksFolder = (): string => join(tmpdir(), `wheelhouse-homes-${userInfo().uid}`)

async function link(to: string, at: string): Promise<void> {
  await rm(at, { force: true })
  await symlink(to, at)
}

/** @throws Error where somebody else has made the folder before: its links could lead anywhere */
async function makePrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const found = await lstat(folder)
  if (!found.isDirectory() || found.uid !== userInfo().uid || found.mode & 0o022)
    throw new Error(`${folder} is not this account's alone; remove it`)
}
