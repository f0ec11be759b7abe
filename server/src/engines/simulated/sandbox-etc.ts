/** The files of /etc that a sandbox has of its own: what it calls itself, and who works in it. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** By name, in the environment's folder as in /etc. */
export const OWN_ETC = ['hosts', 'passwd', 'group'] as const

export interface Inhabitant {
  /** Names that lead to loopback. */
  hosts: readonly string[]
  /** The number that programs inside run as, as the sandbox itself counts. */
  account: number
}

/**
 * Where the learner has a number that nobody owns, or is root of a user namespace, `whoami`, `ls -l` and `ssh` look for its name: it is
 * `candidate`, as on every machine. The accounts of this computer are not listed.
 */
export async function writeEtc(directory: string, { hosts, account }: Inhabitant): Promise<void> {
  const texts: Record<(typeof OWN_ETC)[number], string> = {
    hosts: `127.0.0.1 localhost base ${hosts.join(' ')}\n`,
    passwd: lines([
      `candidate:x:${account}:${account}:candidate:/home/candidate:/bin/bash`,
      'root:x:0:0:root:/root:/bin/bash',
      'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
    ]),
    group: lines([`candidate:x:${account}:`, 'root:x:0:', 'nogroup:x:65534:']),
  }
  for (const name of OWN_ETC) await writeFile(join(directory, name), texts[name], { mode: 0o644 })
}

const lines = (entries: string[]): string => `${entries.join('\n')}\n`
