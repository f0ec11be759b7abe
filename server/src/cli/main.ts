import { Command } from 'commander'

const program = new Command('wheelhouse').description(
  "Learn to run Kubernetes and rehearse the administrator's exam, on a cluster of your own",
)

await program.parseAsync()
