/** The programs that the smoke suite plays with: several versions of kubectl and helm, put into one folder by `npm run smoke:simulator`. */
import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Minor versions of kubectl, each with the helm of its package. The first ones speak SPDY, the last ones protobuf and WebSocket. */
export const MINORS = ['27', '31', '35', '36'] as const
export type Minor = (typeof MINORS)[number]

const FOLDER = process.env.WHEELHOUSE_SMOKE_TOOLS ?? join(homedir(), '.cache/wheelhouse/smoke')

/** Undefined where it is not there: `npm run smoke:simulator` says why. */
export function toolFor(tool: 'kubectl' | 'helm', minor: Minor): string | undefined {
  const file = join(FOLDER, `${tool}-1.${minor}`)
  try {
    accessSync(file, constants.X_OK)
    return file
  } catch {
    return undefined
  }
}
