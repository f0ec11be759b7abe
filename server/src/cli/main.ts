import { Command } from 'commander'
import { learnerCommand } from './learner.js'
import { lintCommand } from './lint.js'
import { serveCommand } from './serve.js'

const program = new Command('wheelhouse')
  .description("Learn to run Kubernetes and rehearse the administrator's exam, on a cluster of your own")
  .showHelpAfterError()

for (const command of [serveCommand, learnerCommand, lintCommand]) program.addCommand(command)

await program.parseAsync()
