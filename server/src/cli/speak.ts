/** How commands talk: data on standard output, everything else on standard error, errors as sentences in the reader's language. */
import { getSystemErrorMap } from 'node:util'
import { formatMessage, LabError, type Language, type Message } from '@wheelhouse/protocol'

/** `WHEELHOUSE_LANGUAGE`, else what the system speaks; English where that is neither of ours. */
export function terminalLanguage(environment: Readonly<Record<string, string | undefined>> = process.env): Language {
  const wanted = environment.WHEELHOUSE_LANGUAGE ?? environment.LC_ALL ?? environment.LC_MESSAGES ?? environment.LANG ?? ''
  return wanted.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

export const sentence = (message: Message): string => formatMessage(terminalLanguage(), message)

/** What somebody gave to a command and cannot be: its message says so and is all that is said. In English, as all of a command's help. */
export class CommandError extends Error {}

/** Says what went wrong and what to do, and sets the exit code. Only a fault of ours is told with the place where it happened. */
export function sayError(error: unknown, language: Language = terminalLanguage()): void {
  process.exitCode = 1
  const said = asLabError(error)
  if (said) sayLabError(said, language)
  else console.error(error instanceof CommandError ? error.message : error)
}

function sayLabError(error: LabError, language: Language): void {
  console.error(`${formatMessage(language, { key: `error.${error.code}`, values: error.values })} (${error.code})`)
  if (error.detail) console.error(`\n${error.detail}`)
}

/** What the system refused about a file is the user's to mend, and says so; anything else unforeseen is ours, and shows where it happened. */
function asLabError(error: unknown): LabError | undefined {
  if (error instanceof LabError) return error
  if (!(error instanceof Error && 'path' in error && 'errno' in error)) return undefined
  const { path, errno } = error as NodeJS.ErrnoException
  return new LabError('FILE_UNUSABLE', { path: path ?? '', why: getSystemErrorMap().get(errno ?? 0)?.[1] ?? error.message })
}

/** An action of a command whose errors are said as sentences. */
export function action<Arguments extends unknown[]>(work: (...given: Arguments) => Promise<void>) {
  return (...given: Arguments): Promise<void> => work(...given).catch((error: unknown) => sayError(error))
}
