import { Command } from 'commander'
import { lintCommand } from './lint.js'

const program = new Command('wheelhouse').description(
  "Learn to run Kubernetes and rehearse the administrator's exam, on a cluster of your own",
)

program.addCommand(lintCommand)

await program.parseAsync()
