import { Command } from 'commander'
import { VERSION } from '../version.js'

/** By name, each loaded when it is wanted: most of the time that a short command takes is the loading of what the others need. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  serve: async () => (await import('./serve.js')).serveCommand,
  doctor: async () => (await import('./doctor.js')).doctorCommand,
  learner: async () => (await import('./learner.js')).learnerCommand,
  states: async () => (await import('./states.js')).statesCommand,
  lint: async () => (await import('./lint.js')).lintCommand,
  grade: async () => (await import('./grade.js')).gradeCommand,
  prove: async () => (await import('./prove.js')).proveCommand,
  images: async () => (await import('./images.js')).imagesCommand,
  cluster: async () => (await import('./cluster.js')).clusterCommand,
  clean: async () => (await import('./clean.js')).cleanCommand,
}

const program = new Command('wheelhouse')
  .description("Learn to run Kubernetes and rehearse the administrator's exam, on a cluster of your own")
  .version(VERSION, '-V, --version', 'print the version')

const wanted = process.argv[2] ?? ''
const tellsAll = ['', 'help', '--help', '-h'].includes(wanted)
// Of the others the name is enough: a mistake is answered with the one that is most like it.
for (const [name, load] of Object.entries(COMMANDS))
  program.addCommand(tellsAll || name === wanted ? await load() : new Command(name))

adviseOnMistakes(program, 'wheelhouse')

await program.parseAsync()

/** Below a mistake stands where to read on, not all of it: the mistake would be out of sight. */
function adviseOnMistakes(command: Command, path: string): void {
  command.showHelpAfterError(`See: npx ${path} --help`)
  for (const one of command.commands) adviseOnMistakes(one, `${path} ${one.name()}`)
}
