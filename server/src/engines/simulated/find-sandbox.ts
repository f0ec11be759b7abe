/** What keeps shells apart on this computer, found out once by doing it. */
import type { ExecutionHost } from '../../hosts/execution-host.js'
import { Cgroups } from './cgroups.js'
import { findHolder, type HolderKind } from './sandbox-holder.js'

export interface FoundSandbox {
  holder: HolderKind
  /** Null where memory and processes of a sandbox can only be watched. */
  cgroups: Cgroups | null
}

/** @param wanted  the programs to try, in that order; bubblewrap, then unshare where absent */
export async function findSandbox(
  host: ExecutionHost,
  wanted?: readonly HolderKind[],
): Promise<FoundSandbox | { missing: string }> {
  if (process.platform !== 'linux') return { missing: `there is no sandbox for ${process.platform}` }
  const found = await findHolder(host, wanted)
  return 'missing' in found ? found : { ...found, cgroups: await Cgroups.find() }
}
