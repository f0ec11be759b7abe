/** `wheelhouse doctor`: what the installation needs of this computer, how it is, and what to do. Starts nothing, changes nothing. */

import type { DoctorFinding } from '@wheelhouse/protocol'
import { Command } from 'commander'
import { openDataDirectory } from '../config/data-directory.js'
import { diskFinding } from '../doctor/server-findings.js'
import { engineOf } from './kind.js'
import { readSettings, type SharedOptions, withSharedOptions } from './options.js'
import { action, sentence } from './speak.js'

interface DoctorOptions extends SharedOptions {
  json?: boolean
}

export const doctorCommand = withSharedOptions(
  new Command('doctor')
    .description('Look at everything that environments need, and say what to do where it is wrong')
    .option('--json', 'the findings as JSON'),
).action(action(doctor))

/** Exits with 1 where a finding is a problem; warnings alone do not stop anybody. */
async function doctor(options: DoctorOptions): Promise<void> {
  const { config, dataDirectory } = readSettings(options)
  const data = openDataDirectory(dataDirectory)
  const engine = engineOf({ config, data, images: [] })
  const findings = [...(await engine.findings()), await diskFinding(data.path, config.environments.diskFloorGb)]
  if (options.json) console.log(JSON.stringify({ findings, checkedAtMs: Date.now() }, null, 2))
  else for (const finding of findings) console.log(lines(finding))
  await engine.close()
  if (findings.some(({ status }) => status === 'problem')) process.exitCode = 1
}

const MARKS: Record<DoctorFinding['status'], string> = { ok: '✓', warning: '!', problem: '✗', unknown: '?' }

function lines({ status, title, found, remedy }: DoctorFinding): string {
  const first = `${MARKS[status]} ${sentence(title)}: ${sentence(found)}`
  return remedy && status !== 'ok' ? `${first}\n    ${sentence(remedy)}` : first
}
