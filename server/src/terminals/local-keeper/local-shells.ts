/** All shells of one local keeper, and what a shell of each user is. */
import { existsSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { basename, join } from 'node:path'
import { listField, mapField } from '../keeper-protocol.js'
import { LocalShell, type ShellPlan } from './local-shell.js'

const MOST_SHELLS = 64
/** What a shell that is closed has to end by itself. */
const HANGUP_MS = 3_000

/** Why a shell was not made, as the frame `refused` says it. */
export class Refusal extends Error {
  constructor(
    readonly code: 'no-user' | 'no-program' | 'not-started' | 'too-many',
    text: string,
  ) {
    super(text)
  }
}

export class LocalShells {
  readonly #shells = new Map<number, LocalShell>()
  #templates: Record<string, string> = {}
  #next = 1

  constructor(readonly onChange: () => void) {}

  get size(): number {
    return this.#shells.size
  }
  get(number: number): LocalShell | undefined {
    return this.#shells.get(number)
  }
  all(): LocalShell[] {
    return [...this.#shells.values()]
  }

  setTemplates(fields: Record<string, string>): void {
    this.#templates = fields
  }

  /** @throws Refusal */
  open(fields: Record<string, string>): { shell: LocalShell; existing: boolean } {
    const { key } = fields
    if (!key) throw new Refusal('not-started', 'the request names no key')
    const found = this.all().find((shell) => shell.key === key)
    if (found) return { shell: found, existing: true }
    if (this.#shells.size >= MOST_SHELLS) throw new Refusal('too-many', `this machine already has ${MOST_SHELLS} shells`)
    const number = this.#next++
    const size = { columns: Number(fields.columns ?? 80), rows: Number(fields.rows ?? 24) }
    const shell = new LocalShell(number, key, this.#plan(fields), size, () => this.onChange())
    this.#shells.set(number, shell)
    this.onChange()
    return { shell, existing: false }
  }

  /** Hangs up and forgets: the key is free at once. */
  close(number: number): void {
    const shell = this.#shells.get(number)
    this.#shells.delete(number)
    shell?.hangUp('SIGHUP')
    if (shell?.isRunning) setTimeout(() => shell.hangUp('SIGKILL'), HANGUP_MS).unref()
    this.onChange()
  }

  #plan(fields: Record<string, string>): ShellPlan {
    const user = fields.user ?? 'root'
    const template = mapField(this.#templates, user)
    const argv = firstFilled(listField(fields, 'argv'), listField(template, 'argv'), defaultShell())
    const env = { ...baseEnvironment(), ...mapField(template, 'env'), ...mapField(fields, 'env') }
    const cwd = fields.cwd ?? template.cwd ?? env.HOME ?? '/'
    if (!existsSync(cwd)) throw new Refusal('not-started', `the folder ${cwd} does not exist`)
    if (!isProgram(argv[0], env.PATH ?? '')) throw new Refusal('no-program', `${argv[0]}: no such program`)
    return { argv, env, cwd }
  }
}

const firstFilled = (...lists: string[][]): [string, ...string[]] => {
  for (const [first, ...rest] of lists) if (first !== undefined) return [first, ...rest]
  return ['/bin/sh']
}

function defaultShell(): string[] {
  const shell = process.env.SHELL ?? '/bin/sh'
  return basename(shell) === 'sh' ? [shell] : [shell, '-l']
}

/** A login's environment and nothing of the server's: its settings and secrets are not the shell's. */
function baseEnvironment(): Record<string, string> {
  const { username } = userInfo()
  return {
    HOME: homedir(),
    USER: username,
    LOGNAME: username,
    SHELL: process.env.SHELL ?? '/bin/sh',
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    LANG: 'C.UTF-8',
  }
}

const isProgram = (name: string, path: string) =>
  name.includes('/') ? existsSync(name) : path.split(':').some((folder) => existsSync(join(folder, name)))
