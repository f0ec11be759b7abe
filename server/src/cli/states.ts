/** `wheelhouse states`: keep the state of an environment, go back to one, try it in a copy; beside the running server, as its pages do. */
import { Command, InvalidArgumentError } from 'commander'
import { EnvironmentStates, whatIs } from './kept-states.js'
import { type SharedOptions, withSharedOptions } from './options.js'
import { asLearner, type ServerClient } from './server-client.js'
import { action } from './speak.js'

interface StatesOptions extends SharedOptions {
  environment?: string
  learner?: string
}

const LONGEST_NAME = 60
const HELP_OF_STATE = 'its id or the beginning of it, its name, or its kind (such as start)'

const listCommand = command('list', 'Print what is kept, the newest first: id, when, kind, name or task').action(
  action((options: StatesOptions) =>
    withStates(options, async (states) => {
      for (const state of await states.list())
        console.log([state.id, new Date(state.takenAtMs).toISOString(), ...whatIs(state)].join('\t'))
    }),
  ),
)

const keepCommand = command('keep', 'Keep the state as it is now, and print its id')
  .argument('<name>', `your word for it, up to ${LONGEST_NAME} letters`, nameOf)
  .action(
    action((name: string, options: StatesOptions) =>
      withStates(options, async (states) => console.log((await states.keep(name)).id)),
    ),
  )

const goBackCommand = command('go-back', 'Put the environment back to a kept state; what is there now is kept first')
  .argument('<state>', HELP_OF_STATE)
  .action(
    action((wanted: string, options: StatesOptions) =>
      withStates(options, async (states) => {
        const { id } = await states.goBack(wanted)
        console.error(`Back at ${id}. What was there before is kept too: wheelhouse states list`)
      }),
    ),
  )

const forkCommand = command('fork', 'Try a kept state in a copy, which changes nothing in the lab, and print its address')
  .argument('<state>', HELP_OF_STATE)
  .action(
    action((wanted: string, options: StatesOptions) =>
      withStates(options, async (states, { url }) => console.log(`${url}/environments/${(await states.fork(wanted)).id}`)),
    ),
  )

const deleteCommand = command('delete', 'Delete a kept state')
  .argument('<state>', HELP_OF_STATE)
  .action(
    action((wanted: string, options: StatesOptions) =>
      withStates(options, async (states) => console.error(`Deleted ${(await states.delete(wanted)).id}.`)),
    ),
  )

export const statesCommand = new Command('states').description(
  'Keep states of an environment, go back to them, try them in a copy; works beside the running server',
)
for (const one of [listCommand, keepCommand, goBackCommand, forkCommand, deleteCommand]) statesCommand.addCommand(one)

function nameOf(text: string): string {
  const name = text.trim()
  if (name.length > 0 && name.length <= LONGEST_NAME) return name
  throw new InvalidArgumentError(`It must have 1 to ${LONGEST_NAME} letters.`)
}

function command(name: string, description: string): Command {
  return withSharedOptions(new Command(name).description(description))
    .option('-e, --environment <lab>', 'of which lab, or the id of an environment; may be left out where there is but one')
    .option('--learner <name>', 'whose environment; the owner where absent')
}

const withStates = (
  { environment, learner, ...shared }: StatesOptions,
  work: (states: EnvironmentStates, client: ServerClient) => Promise<void>,
): Promise<void> => asLearner(shared, learner, async (client) => work(await EnvironmentStates.find(client, environment), client))
