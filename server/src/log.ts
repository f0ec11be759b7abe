/** The operator's log: one constant text a line, everything else as fields. Secrets never reach it. */
import { type DestinationStream, destination, type Logger, pino } from 'pino'
import type { Config } from './config/schema.js'

/** Wherever such a field appears, at any depth that we log, its value is not written. */
const SECRET_FIELDS = ['token', 'secret', 'cookie', 'authorization', 'kubeconfig', 'learnerKubeconfig', 'graderKubeconfig']
const REDACTED = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`])

/** @param defaultFile  where to write unless the configuration says otherwise */
export function createLog({ log }: Pick<Config, 'log'>, defaultFile: string): Logger {
  const file = log.file || defaultFile
  // Synchronous: what was written before a crash is what explains it.
  const stream =
    file === '-' ? destination({ dest: 2, sync: true }) : destination({ dest: file, mkdir: true, sync: true, mode: 0o600 })
  return createLogOn(stream, log.level)
}

export function createLogOn(stream: DestinationStream, level: Config['log']['level']): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths: REDACTED, censor: '(redacted)' } },
    stream,
  )
}
