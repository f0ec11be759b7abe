import type { Program } from '../../containers/process.js'
import { shellProgram } from '../program.js'
import { diskCommands } from './disk.js'
import { fileCommands } from './files.js'
import { gzipCommands } from './gzip.js'
import { kernelCommands } from './kernel.js'
import { networkCommands } from './network/index.js'
import { processCommands } from './processes.js'
import { smallCommands } from './small.js'
import { storageCommands } from './storage.js'
import { systemCommands } from './system.js'
import { archiveCommands } from './tar.js'
import { textCommands } from './text/index.js'
import { top } from './top.js'
import { vi } from './vi/vi.js'

/** What BusyBox brings, as far as we have it. */
export const busyboxPrograms: Record<string, Program> = {
  sh: shellProgram,
  ash: shellProgram,
  ...fileCommands,
  ...textCommands,
  ...systemCommands,
  ...smallCommands,
  ...diskCommands,
  ...processCommands,
  ...kernelCommands,
  ...storageCommands,
  ...networkCommands,
  ...archiveCommands,
  ...gzipCommands,
  top,
  vi,
}
