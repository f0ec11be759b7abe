/** `wheelhouse doctor`: what the installation needs of this computer, how it is, and what to do. Starts nothing, changes nothing. */

import type { DoctorFinding } from '@wheelhouse/protocol'
import { Command } from 'commander'
import { type DataDirectory, openDataDirectory } from '../config/data-directory.js'
import type { Config } from '../config/schema.js'
import { engineFindings, findingsOfBetter } from '../doctor/engine-findings.js'
import { diskFinding } from '../doctor/server-findings.js'
import { createLogOn } from '../log.js'
import { engineFor } from './engines.js'
import { engineOf } from './kind.js'
import { readSettings, type SharedOptions, withSharedOptions } from './options.js'
import { action, sentence, terminalLanguage } from './speak.js'

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
  const findings = [...(await ofEngines(config, data)), await diskFinding(data.path, config.environments.diskFloorGb)]
  if (options.json) console.log(JSON.stringify({ findings, checkedAtMs: Date.now() }, null, 2))
  else for (const finding of findings) console.log(lines(finding))
  if (findings.some(({ status }) => status === 'problem')) process.exitCode = 1
}

/** The engine that a server would run now, and where that is but the second choice, what is missing for the first. */
async function ofEngines(config: Config, data: DataDirectory): Promise<DoctorFinding[]> {
  const log = createLogOn({ write: () => {} }, 'silent')
  const engine = await engineFor({ config, data, log, catalogue: { images: () => [] } })
  const findings = await engineFindings(engine)
  await engine.close()
  if (engine.name !== 'simulated' || config.engine.name !== 'auto') return findings
  const kind = engineOf({ config, data, images: [] })
  const better = await findingsOfBetter(kind)
  await kind.close()
  return [...findings, ...better]
}

const MARKS: Record<DoctorFinding['status'], string> = { ok: '✓', warning: '!', problem: '✗', unknown: '?' }

function lines({ status, title, found, remedy }: DoctorFinding): string {
  const first = `${MARKS[status]} ${sentence(title)}${terminalLanguage() === 'zh' ? '：' : ': '}${sentence(found)}`
  return remedy && status !== 'ok' ? `${first}\n    ${sentence(remedy)}` : first
}
