/** `wheelhouse serve`, which is `npm start`: runs the server until Ctrl+C. */

import { join } from 'node:path'
import { Command } from 'commander'
import type { Catalogue } from '../catalogue/catalogue.js'
import { loadCatalogue } from '../catalogue/load.js'
import { formatProblem } from '../catalogue/problem.js'
import type { DataDirectory } from '../config/data-directory.js'
import { summarise } from '../config/describe.js'
import { type Config, SETTINGS } from '../config/schema.js'
import { statusOf } from '../engines/choose.js'
import { type RunningServer, startServer } from '../main.js'
import { engineFor } from './engines.js'
import { makeGrader } from './grader.js'
import { contentRoot } from './lint.js'
import { readSettings, type SharedOptions, withSharedOptions } from './options.js'
import { action, sayError, sentence } from './speak.js'

interface ServeOptions extends SharedOptions {
  port?: string
  host?: string
  publicUrl?: string
  engine?: string
  logLevel?: string
  trustLearners?: boolean
}

const defaultOf = (setting: string): unknown => SETTINGS.find(({ name }) => name === setting)?.schema.default

export const serveCommand = withSharedOptions(
  new Command('serve')
    .description('Run the server and print the address that signs you in')
    .option('--port <number>', `port to listen on (default: ${defaultOf('http.port')})`)
    .option(
      '--host <address>',
      `address to listen on; anything but loopback is seen by the network (default: ${defaultOf('http.host')})`,
    )
    .option('--public-url <address>', 'the address that people open, where a proxy stands in front')
    .option('--engine <name>', 'auto, kind, simulated or fake; auto takes kind where a container engine answers')
    .option('--trust-learners', 'let learners besides the owner work on containers of this computer (docs/security.md)')
    .option('--log-level <level>', 'fatal, error, warn, info, debug or trace'),
).action(action(run))

async function run(options: ServeOptions): Promise<void> {
  const { config, dataDirectory } = readSettings(options, {
    'http.port': options.port,
    'http.host': options.host,
    'http.publicUrl': options.publicUrl,
    'engine.name': options.engine,
    'log.level': options.logLevel,
    'accounts.trustLearners': options.trustLearners ? 'true' : undefined,
  })
  const server = await startServer({
    config,
    dataDirectory,
    makeEngine: (parts) => engineFor({ config, ...parts }),
    makeGrader,
    loadCatalogue: (parts) => content({ config, ...parts }),
  })
  console.log(await greeting(server, config))
  stopOnSignals(server)
}

/** One clear block: where, with what, with which data, how to stop. */
async function greeting({ signInUrl, engine, parts }: RunningServer, config: Config): Promise<string> {
  const status = await statusOf(engine)
  const changed = summarise(config)
  const lines = [
    ['Open', signInUrl],
    ['Engine', status.available ? `${engine.name}, ${status.version}` : `${engine.name} does not answer: ${status.why}`],
    ...(status.available ? [] : [['', sentence(status.remedy)]]),
    ['Data', parts.data.path],
    ...(changed.length > 0 ? [['Settings', changed.join(', ')]] : []),
    ['Stop', 'Ctrl+C (environments are kept)'],
  ]
  return ['', '  Wheelhouse is running.', '', ...lines.map(([name, value]) => `  ${(name ?? '').padEnd(9)} ${value}`), ''].join(
    '\n',
  )
}

function stopOnSignals(server: RunningServer): void {
  let stopping = false
  const stop = async () => {
    // Somebody who presses twice does not want to wait.
    if (stopping) process.exit(130)
    stopping = true
    console.log('\n  Stopping. Environments are kept; the next start finds them again.')
    await server.close().catch(sayError)
    process.exit()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop())
}

/** The labs; what is wrong with them is said, and the rest is offered. */
async function content({ config, data }: { config: Config; data: DataDirectory }): Promise<Catalogue> {
  const root = config.content.directory || contentRoot()
  const catalogue = await loadCatalogue({ root, cacheDirectory: join(data.path, 'cache', 'texts') })
  for (const problem of catalogue.problems) console.error(formatProblem(problem))
  return catalogue
}
