/** `kubectl exec (POD | TYPE/NAME) [-c CONTAINER] [-i] [-t] -- COMMAND`, as a program in a Pod runs it: its own terminal becomes that of the other Pod. */
import { encode } from '../../containers/stream.js'
import type { TerminalView } from '../../containers/terminal.js'
import { isObject, type JsonObject } from '../../objects/object.js'
import { type Api, KubectlError } from './api.js'
import { type Call, tell } from './call.js'
import { podFor } from './pod-for.js'

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container'

export async function exec(call: Call): Promise<number> {
  const { api, flags, namespace, words, rest = [] } = call
  if (rest.length === 0)
    throw new KubectlError(
      words.length > 1
        ? 'error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead'
        : 'error: you must specify at least one command for the container',
    )
  const name = await podFor(call)
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`
  const container = flags.get('container') ?? (await firstContainer(api, path))
  const { stdin, stdout, stderr, signal } = api.process
  const wantsInput = flags.has('stdin')
  const terminal = await terminalFor(call)
  const asked = {
    container,
    stdin: String(wantsInput),
    stdout: 'true',
    stderr: String(!terminal),
    tty: String(terminal !== undefined),
  }
  const search = new URLSearchParams([...rest.map((word): [string, string] => ['command', word]), ...Object.entries(asked)])
  const size = terminal && { columns: terminal.columns, rows: terminal.rows }
  const session = { stdin: wantsInput ? stdin : undefined, stdout, stderr, signal, size }
  // Keys go through as they are: the terminal in the other Pod knows what they mean.
  const before = terminal?.raw ?? false
  if (terminal) terminal.raw = true
  try {
    const response = await api.send('POST', `${path}/exec?${search}`, { session })
    return await endOf(api, (await response.session) as JsonObject | undefined)
  } finally {
    if (terminal) terminal.raw = before
  }
}

/** undefined where none is wanted, or none is there. @see kubectl/pkg/cmd/exec: StreamOptions.SetupTTY */
async function terminalFor(call: Call): Promise<TerminalView | undefined> {
  if (!call.flags.has('tty')) return undefined
  const { terminal } = call.api.process
  if (terminal && call.flags.has('stdin')) return terminal
  await tell(call, 'Unable to use a TTY - input is not a terminal or the right kind of file\n')
  return undefined
}

/** The one that the Pod names, or the first, which kubectl tells of where there are more. */
async function firstContainer(api: Api, path: string): Promise<string> {
  const { metadata, spec } = (await api.json('GET', path)) as {
    metadata?: { annotations?: Record<string, string> }
    spec?: { containers?: { name: string }[] }
  }
  const wanted = metadata?.annotations?.[DEFAULT_CONTAINER]
  const names = (spec?.containers ?? []).map((each) => each.name)
  if (wanted) return wanted
  if (names.length > 1)
    await api.process.stderr.write(encode(`Defaulted container ${JSON.stringify(names[0])} out of: ${names.join(', ')}\n`))
  return names[0] ?? ''
}

/** @throws KubectlError where the command could not be run */
async function endOf(api: Api, status: JsonObject = {}): Promise<number> {
  if (status.status === 'Success') return 0
  const causes = isObject(status.details) && Array.isArray(status.details.causes) ? status.details.causes : []
  const [cause] = causes
  const code = status.reason === 'NonZeroExitCode' && isObject(cause) ? Number(cause.message) : Number.NaN
  if (Number.isNaN(code)) throw new KubectlError(`error: ${String(status.message ?? 'the session ended without a word')}`)
  await api.process.stderr.write(encode(`command terminated with exit code ${code}\n`))
  return code
}
