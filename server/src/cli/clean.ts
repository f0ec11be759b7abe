/** `wheelhouse clean`: removes everything that this installation made on the container engine and in simulated clusters, and nothing else. */
import { createInterface } from 'node:readline/promises'
import { Command } from 'commander'
import { openDataDirectory, readServerNote } from '../config/data-directory.js'
import { statusOf } from '../engines/choose.js'
import { cleanInstallation, findInstallation } from '../engines/kind/clean.js'
import type { KindEngine } from '../engines/kind/kind-engine.js'
import { makeSimulatedEngine } from '../engines/simulated/make.js'
import type { SimulatedEngine } from '../engines/simulated/simulated-engine.js'
import { engineOf } from './kind.js'
import { readSettings, type SharedOptions, withSharedOptions } from './options.js'
import { action } from './speak.js'

interface CleanOptions extends SharedOptions {
  images?: boolean
  yes?: boolean
  dryRun?: boolean
}

export const cleanCommand = withSharedOptions(
  new Command('clean')
    .description("Remove every machine, network and rule of this installation; the learners' points and progress stay")
    .option('--images', 'remove the images that were built, too')
    .option('--dry-run', 'say what would go, and remove nothing')
    .option('-y, --yes', 'do not ask'),
).action(action(clean))

async function clean(options: CleanOptions): Promise<void> {
  const { config, dataDirectory } = readSettings(options)
  const data = openDataDirectory(dataDirectory)
  const [simulated, kind] = [makeSimulatedEngine({ config, data }), engineOf({ config, data, images: [] })]
  try {
    await cleanEngines({ simulated, kind }, options, dataDirectory)
  } finally {
    await simulated.close()
    await kind.close()
  }
}

async function cleanEngines(
  { simulated, kind }: { simulated: SimulatedEngine; kind: KindEngine },
  options: CleanOptions,
  dataDirectory: string,
): Promise<void> {
  const environments = await simulated.adopt()
  // Where there are simulated environments alone there may well be no container engine; where there are none, one that is silent was meant.
  const isInstalled = (await kind.host.which(kind.cli.program)) !== null
  if (isInstalled && environments.length === 0) await kind.cli.facts()
  const hasKind = isInstalled && (await statusOf(kind)).available
  if (!hasKind) console.error('No container engine answers: what it may hold of this installation is left alone.')
  const found = hasKind ? await findInstallation(kind.cli, kind.settings) : { containers: [], networks: [], images: [] }
  const names = [...environments, ...found.containers, ...found.networks, ...(options.images ? found.images : [])]
  for (const name of names) console.log(name)
  if (names.length === 0) return console.error('There is nothing of this installation here.')
  if (options.dryRun || !(options.yes || (await confirmed(names.length, dataDirectory)))) return
  for (const id of environments) await simulated.destroy(id)
  if (hasKind) {
    await cleanInstallation(kind.cli, kind.settings, { images: options.images ?? false })
    await kind.host.removeFile(`${kind.host.directory}/environments`)
  }
  console.error(`Removed ${names.length}.`)
}

async function confirmed(count: number, dataDirectory: string): Promise<boolean> {
  const server = readServerNote(dataDirectory)
  if (server) console.error(`The server at ${server.url} is running; it will find these environments gone.`)
  if (!process.stdin.isTTY) {
    console.error('Nothing was removed: say --yes where nobody can be asked.')
    process.exitCode = 1
    return false
  }
  const ask = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await ask.question(`Remove these ${count}? What learners did in them is lost. [y/N] `)
  ask.close()
  return /^y(es)?$/i.test(answer.trim())
}
