import { Command } from 'commander'
import { cleanCommand } from './clean.js'
import { clusterCommand } from './cluster.js'
import { doctorCommand } from './doctor.js'
import { gradeCommand } from './grade.js'
import { imagesCommand } from './images.js'
import { learnerCommand } from './learner.js'
import { lintCommand } from './lint.js'
import { proveCommand } from './prove.js'
import { serveCommand } from './serve.js'
import { statesCommand } from './states.js'

const program = new Command('wheelhouse')
  .description("Learn to run Kubernetes and rehearse the administrator's exam, on a cluster of your own")
  .showHelpAfterError()

const commands = [
  serveCommand,
  doctorCommand,
  learnerCommand,
  statesCommand,
  lintCommand,
  gradeCommand,
  proveCommand,
  imagesCommand,
  clusterCommand,
  cleanCommand,
]
for (const command of commands) program.addCommand(command)

await program.parseAsync()
