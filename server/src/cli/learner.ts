/** `wheelhouse learner`: who may sign in. Works beside the running server: both use the same database. */
import { Command } from 'commander'
import { Accounts } from '../accounts/accounts.js'
import { systemClock } from '../clock.js'
import { openDataDirectory, readServerNote } from '../config/data-directory.js'
import type { Config } from '../config/schema.js'
import { openStore } from '../store/store.js'
import { readSettings, type SharedOptions, withSharedOptions } from './options.js'
import { action } from './speak.js'

const addCommand = withSharedOptions(
  new Command('add').argument('<name>').description('Add a learner and print a personal one-time link'),
).action(
  action((name: string, options: SharedOptions) =>
    withAccounts(options, async (accounts, print) => print((await accounts.add(name)).id)),
  ),
)

const linkCommand = withSharedOptions(
  new Command('link').argument('<name>').description('Print a new one-time link for somebody who is there'),
).action(
  action((name: string, options: SharedOptions) =>
    withAccounts(options, async (accounts, print) => print((await accounts.byName(name)).id)),
  ),
)

const listCommand = withSharedOptions(new Command('list').description('Print who there is')).action(
  action((options: SharedOptions) =>
    withAccounts(options, async (accounts) => {
      for (const { name, role } of await accounts.all()) console.log(`${name}\t${role}`)
    }),
  ),
)

export const learnerCommand = new Command('learner')
  .description('Say who may sign in; works beside the running server')
  .addCommand(addCommand)
  .addCommand(linkCommand)
  .addCommand(listCommand)

type PrintLink = (learner: Parameters<Accounts['createLink']>[0]) => Promise<void>

async function withAccounts(
  options: SharedOptions,
  work: (accounts: Accounts, print: PrintLink) => Promise<void>,
): Promise<void> {
  const { config, dataDirectory } = readSettings(options)
  const data = openDataDirectory(dataDirectory)
  const store = await openStore(config.store.url || data.databaseFile)
  try {
    const accounts = new Accounts({ store, clock: systemClock, settings: config.accounts })
    await accounts.owner()
    await work(accounts, async (learner) => printLink(await accounts.createLink(learner), { config, dataDirectory }))
  } finally {
    await store.close()
  }
}

/** The link alone on standard output, so that a script can take it; advice on standard error. */
function printLink(token: string, { config, dataDirectory }: { config: Config; dataDirectory: string }): void {
  const running = readServerNote(dataDirectory)?.url
  const { host, port, publicUrl } = config.http
  console.log(`${publicUrl || (running ?? `http://${host}:${port}`)}/sign-in?token=${token}`)
  console.error(`Good for one sign-in within ${config.accounts.linkHours} hours.`)
  if (!running) console.error('The server is not running; the link works once it does.')
}
