/** What a builtin is: a command that the shell runs within itself. */
import { encode } from '../../containers/stream.js'
import { type Io, Leave, type Shell } from '../shell.js'
import type { Command, Script } from '../syntax.js'

export interface Invocation {
  name: string
  rest: string[]
  assigned: [string, string][]
}

/** The interpreter, for those who run more. */
export interface Runner {
  runScript(shell: Shell, script: Script, io: Io): Promise<number>
  runCommand(shell: Shell, command: Command, io: Io): Promise<number>
  invoke(shell: Shell, invocation: Invocation, io: Io): Promise<number>
}

export type Builtin = (shell: Shell, args: string[], io: Io, runner: Runner) => Promise<number> | number

export async function complain(shell: Shell, io: Io, text: string): Promise<void> {
  await io.stderr.write(encode(`${shell.name}: ${text}\n`))
}

/** An error of a special builtin ends a script. */
export async function fail(shell: Shell, io: Io, text: string): Promise<never> {
  await complain(shell, io, text)
  throw new Leave('error', 2)
}

/** @throws Leave where it is no number */
export async function numberOf(shell: Shell, io: Io, { name, text }: { name: string; text: string }): Promise<number> {
  return /^\d+$/.test(text) ? Number(text) : fail(shell, io, `${name}: Illegal number: ${text}`)
}
