/** `wheelhouse learner`: who may sign in. Works beside the running server: both use the same database. */
import { Command } from 'commander'
import { Accounts } from '../accounts/accounts.js'
import { systemClock } from '../clock.js'
import { openDataDirectory, readServerNote } from '../config/data-directory.js'
import type { Learner } from '../store/repositories/learners.js'
import { openStore } from '../store/store.js'
import { readSettings, type SharedOptions, withSharedOptions } from './options.js'
import { action } from './speak.js'

const addCommand = withSharedOptions(
  new Command('add')
    .argument('<name...>')
    .description('Add learners and print a personal one-time link for each, in their order'),
).action(
  action((names: string[], options: SharedOptions) =>
    printLinks(options, async function* (accounts) {
      for (const name of names) yield await accounts.add(name)
    }),
  ),
)

const linkCommand = withSharedOptions(
  new Command('link').argument('<name>').description('Print a new one-time link for somebody who is there'),
).action(
  action((name: string, options: SharedOptions) =>
    printLinks(options, async function* (accounts) {
      yield await accounts.byName(name)
    }),
  ),
)

const listCommand = withSharedOptions(new Command('list').description('Print who there is')).action(
  action((options: SharedOptions) =>
    withAccounts(readSettings(options), async (accounts) => {
      for (const { name, role } of await accounts.all()) console.log(`${name}\t${role}`)
    }),
  ),
)

export const learnerCommand = new Command('learner')
  .description('Say who may sign in; works beside the running server')
  .addCommand(addCommand)
  .addCommand(linkCommand)
  .addCommand(listCommand)

/** Links alone on standard output, so that a script can take them; advice on standard error. */
function printLinks(options: SharedOptions, learners: (accounts: Accounts) => AsyncIterable<Learner>): Promise<void> {
  const settings = readSettings(options)
  const running = readServerNote(settings.dataDirectory)?.url
  const { http, accounts: account } = settings.config
  return withAccounts(settings, async (accounts) => {
    for await (const { id } of learners(accounts)) {
      const token = await accounts.createLink(id)
      console.log(`${http.publicUrl || (running ?? `http://${http.host}:${http.port}`)}/sign-in?token=${token}`)
    }
    console.error(`Good for one sign-in within ${account.linkHours} hours.`)
    if (!running) console.error('The server is not running; the link works once it does.')
  })
}

async function withAccounts(
  { config, dataDirectory }: ReturnType<typeof readSettings>,
  work: (accounts: Accounts) => Promise<void>,
): Promise<void> {
  const data = openDataDirectory(dataDirectory)
  const store = await openStore(config.store.url || data.databaseFile)
  try {
    const accounts = new Accounts({ store, clock: systemClock, settings: config.accounts })
    await accounts.owner()
    await work(accounts)
  } finally {
    await store.close()
  }
}
