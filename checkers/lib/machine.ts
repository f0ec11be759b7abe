/** A machine of the environment, for what only a shell can tell. A check that uses one says `requires: node-shell` in task.yaml. */

import { answer } from './expect/answer.js'
import { type CommandAnswer, commandAnswer, quoted } from './probe/exec.js'
import { useMachine } from './run/permissions.js'
import { Unmet } from './unmet.js'
import { message } from './words.js'

export interface MachineRequest {
  machine: string
  user: 'candidate' | 'root'
  argv: readonly [string, ...string[]]
  timeoutMs: number
}

export type MachineReply =
  | { exitCode: number; stdout: string; stderr: string }
  | { timedOut: true }
  /** The machine cannot be reached; the sentence says why. */
  | { silent: string }

/** How the process that runs checkers reaches machines. */
export type RunOnMachine = (request: MachineRequest) => Promise<MachineReply>

export interface MachineOptions {
  /** Absent: root, so that a check sees what it must whatever the learner did to permissions. */
  user?: 'candidate' | 'root'
  /** Absent: 10. */
  timeoutSeconds?: number
}

export interface FileAnswer {
  exists: boolean
  /** Empty where there is no such file. */
  content: string
  /** The content's lines without white space around them; empty ones are left out. */
  lines: string[]
}

export class MachineReader {
  readonly #run: RunOnMachine
  constructor(
    readonly name: string,
    run: RunOnMachine,
  ) {
    this.#run = run
  }

  /** Runs a program, without a shell, and waits for its end. A machine that does not answer ends the attempt with that evidence. */
  async run(argv: readonly [string, ...string[]], options: MachineOptions = {}): Promise<CommandAnswer> {
    useMachine()
    const seconds = options.timeoutSeconds ?? 10
    const user = options.user ?? 'root'
    const reply = await this.#run({ machine: this.name, user, argv, timeoutMs: seconds * 1000 })
    if ('silent' in reply) throw new Unmet('wrong', this.#silence(reply.silent))
    const command = argv.map(quoted).join(' ')
    const sudo = user === 'root' ? 'sudo ' : ''
    const seeWith = this.name === 'base' ? `${sudo}${command}` : `ssh ${this.name} ${sudo}${command}`
    const ran = 'timedOut' in reply ? { exitCode: -1, stdout: '', stderr: '', timedOut: true } : { ...reply, timedOut: false }
    return commandAnswer(ran, { command, where: this.name, seeWith, seconds })
  }

  /** A file's content; `expectThat(file)` looks at the content, `expectThat(file, 'lines')` at its lines. */
  async file(path: string, options: MachineOptions = {}): Promise<FileAnswer> {
    const { exitCode, stdout } = await this.run(['cat', path], options)
    const exists = exitCode === 0
    const content = exists ? stdout : ''
    const lines = content.split('\n').map((line) => line.trim())
    const subject = message('subject.file', { path, machine: this.name })
    return answer(
      { exists, content, lines: lines.filter((line) => line !== '') },
      {
        primary: 'content',
        subjects: { content: subject },
        seeWith: this.name === 'base' ? `cat ${quoted(path)}` : `ssh ${this.name} sudo cat ${quoted(path)}`,
        trouble: exists ? undefined : message('found.absent'),
      },
    )
  }

  #silence(why: string) {
    return {
      holds: false,
      subject: message('subject.plain', { text: this.name }),
      expected: message('expected.answers'),
      found: message('found.machine-silent', { machine: this.name, why }),
    }
  }
}
