/** Runs a script of a task on a machine. Its text is not written to a disk and stands in no list of processes: a learner may look. */
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { Environment } from '../engines/engine.js'

export interface ScriptRequest {
  name: string
  file: string
  machine: string
  user: 'candidate' | 'root'
}

export interface ScriptOptions {
  timeoutMs: number
  signal?: AbortSignal | undefined
  /** Variables that it finds in its environment. */
  variables?: Record<string, string>
}

export interface ScriptResult {
  exitCode: number
  stdout: string
  /** Both streams, standard error last, with the script's own name in the shell's messages. */
  output: string
}

const INTERPRETERS: Record<string, string> = { '.sh': 'bash -e', '.py': 'python3', '.js': 'node', '.mjs': 'node' }

/**
 * The script comes in by stdin and is read from descriptor 3, while its own stdin is empty: an `ssh` or `kubectl exec -i` in it must not
 * eat the lines that follow. (`cat` lies between, since a socket cannot be opened by its name in /dev/fd.)
 *
 * @throws CommandTimeout, or what the machine says where it cannot run anything
 */
export async function runScript(environment: Environment, script: ScriptRequest, options: ScriptOptions): Promise<ScriptResult> {
  const text = readFileSync(script.file, 'utf8')
  const assignments = Object.entries(options.variables ?? {}).map(([name, value]) => `${name}=${value}`)
  const { exitCode, stdout, stderr } = await environment.run({
    machine: script.machine,
    user: script.user,
    argv: [
      'env',
      ...assignments,
      'bash',
      '-c',
      `cd; exec 3< <(exec cat); exec ${interpreterOf(script.file, text)} /dev/fd/3 </dev/null`,
    ],
    stdin: text,
    timeoutMs: options.timeoutMs,
    ...(options.signal ? { signal: options.signal } : {}),
  })
  const named = (output: string) => output.replaceAll('/dev/fd/3', script.name)
  return { exitCode, stdout: named(stdout), output: [named(stdout), named(stderr)].filter((part) => part !== '').join('\n') }
}

function interpreterOf(file: string, text: string): string {
  const shebang = /^#!\s*(?:\/usr\/bin\/env\s+)?([^\n]+)/.exec(text)?.[1]?.trim()
  if (shebang && !/(^|\/)(ba)?sh$/.test(shebang)) return shebang
  return INTERPRETERS[extname(file)] ?? 'bash -e'
}
