/** PostgreSQL and MySQL as far as labs go: what they demand at their start, what they log, that they listen, and the tools that ask whether they do. */
import { ConnectError } from '../containers/network.js'
import type { Process, Program } from '../containers/process.js'
import { addressOf } from '../containers/resolver.js'
import { encode } from '../containers/stream.js'
import { applet, command, readOptions, WordError, wholeNumber } from '../shell/commands/command.js'
import { busyboxPrograms } from '../shell/commands/index.js'
import { deadline } from '../shell/commands/network/deadline.js'
import { timestamp } from '../time/clock.js'
import type { Image } from './image.js'
import { serveUntilEnded } from './serving.js'

const POSTGRES_PORT = 5432
const MYSQL_PORT = 3306

const POSTGRES_DEMAND = `Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".

       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all
       connections without a password. This is *not* recommended.

       See PostgreSQL documentation about "trust":
       https://www.postgresql.org/docs/current/auth-trust.html
`

const postgres: Program = async (process) => {
  const { env, machine } = process
  const data = env.get('PGDATA') ?? '/var/lib/postgresql/data'
  const isMade = machine.fs.exists(`${data}/PG_VERSION`)
  if (
    !isMade &&
    !env.get('POSTGRES_PASSWORD') &&
    !env.get('POSTGRES_PASSWORD_FILE') &&
    env.get('POSTGRES_HOST_AUTH_METHOD') !== 'trust'
  ) {
    await process.stderr.write(POSTGRES_DEMAND)
    return 1
  }
  if (!isMade) {
    machine.fs.makeDirectory(data, true)
    machine.fs.write(`${data}/PG_VERSION`, '17\n')
    await process.stdout.write('PostgreSQL init process complete; ready for start up.\n\n')
  } else await process.stdout.write('\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n')
  const log = (line: string) =>
    process.stderr.write(
      encode(`${timestamp(machine.clock.now()).replace('T', ' ').replace('Z', '.000 UTC')} [1] LOG:  ${line}\n`),
    )
  machine.network.listen(POSTGRES_PORT, { stream: (connection) => connection.close(), program: 'postgres' })
  await log(`listening on IPv4 address "0.0.0.0", port ${POSTGRES_PORT}`)
  await log('database system is ready to accept connections')
  const code = await serveUntilEnded(process, [POSTGRES_PORT])
  if (code === 0) await log('database system is shut down')
  return code
}

/** Whether something listens there. */
async function answers(process: Process, host: string, port: number): Promise<boolean> {
  try {
    const address = await addressOf(process.machine, host, process.signal)
    const connection = await process.machine.network.connect({ address, port }, process.signal)
    connection.close()
    return true
  } catch (error) {
    if (error instanceof ConnectError) return false
    throw error
  }
}

const PG_SECONDS = 3

/** Whoever asks, and for which database: it tells whether connections are taken. */
const pgIsReady: Program = applet(
  '[-h HOST] [-p PORT] [-U USER] [-d DB] [-t SECS] [-q]',
  async (process, { flags, values }) => {
    const host = values.get('h') ?? 'localhost'
    const port = wholeNumber(values.get('p') ?? String(POSTGRES_PORT))
    const limit = deadline(process, wholeNumber(values.get('t') ?? String(PG_SECONDS)))
    const isUp = await answers({ ...process, signal: limit.signal }, host, port)
    limit.clear()
    const state = isUp ? 'accepting connections' : 'no response'
    if (!flags.has('q')) await process.stdout.write(`${values.has('h') ? host : '/var/run/postgresql'}:${port} - ${state}\n`)
    return isUp ? 0 : 2
  },
  { long: { host: 'h', port: 'p', username: 'U', dbname: 'd', timeout: 't', quiet: 'q' }, status: 3, isOwn: true },
)

const unable =
  (name: string): Program =>
  async (process) => {
    await process.stderr.write(
      `${name}: the database of the simulated cluster listens and keeps no tables; take the kind engine for SQL\n`,
    )
    return 1
  }

const MYSQL_DEMAND = `[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified
    You need to specify one of the following as an environment variable:
    - MYSQL_ROOT_PASSWORD
    - MYSQL_ALLOW_EMPTY_PASSWORD
    - MYSQL_RANDOM_ROOT_PASSWORD
`

const mysqld: Program = async (process) => {
  const { env, machine } = process
  const data = '/var/lib/mysql'
  const isMade = machine.fs.exists(`${data}/ibdata1`)
  const given = ['ROOT_PASSWORD', 'ROOT_PASSWORD_FILE', 'ALLOW_EMPTY_PASSWORD', 'RANDOM_ROOT_PASSWORD']
  const at = () => timestamp(machine.clock.now()).replace('Z', '+00:00')
  await process.stdout.write(`${at()} [Note] [Entrypoint]: Entrypoint script for MySQL Server 8.4.6-1.el9 started.\n`)
  if (!isMade && !given.some((name) => env.get(`MYSQL_${name}`))) {
    await process.stderr.write(`${at()} ${MYSQL_DEMAND}`)
    return 1
  }
  if (!isMade) {
    machine.fs.makeDirectory(data, true)
    machine.fs.write(`${data}/ibdata1`, '')
  }
  machine.network.listen(MYSQL_PORT, { stream: (connection) => connection.close(), program: 'mysqld' })
  await process.stderr.write(
    `${at()} 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '8.4.6'  socket: '/var/run/mysqld/mysqld.sock'  port: ${MYSQL_PORT}  MySQL Community Server - GPL.\n`,
  )
  return serveUntilEnded(process, [MYSQL_PORT])
}

const MYSQLADMIN = '[-h HOST] [-P PORT] [-u USER] [--password[=PASSWORD]] COMMAND'

/** `ping` says that the server is alive to who has no password too. */
const mysqladmin: Program = command(
  async (process, args) => {
    const { values, operands } = readOptions(
      args.map((arg) => (/^-p/.test(arg) ? '--password' : arg)),
      MYSQLADMIN,
      { long: { host: 'h', port: 'P', user: 'u' } },
    )
    if (operands[0] !== 'ping') throw new WordError(`Unknown command: '${operands[0]}'`)
    const isUp = await answers(process, values.get('h') ?? 'localhost', wholeNumber(values.get('P') ?? String(MYSQL_PORT)))
    if (isUp) await process.stdout.write('mysqld is alive\n')
    else await process.stderr.write("mysqladmin: connect to server at 'localhost' failed\n")
    return isUp ? 0 : 1
  },
  { usage: MYSQLADMIN, isOwn: true },
)

const shells = { ...busyboxPrograms, bash: busyboxPrograms.sh as Program }
const entry = (program: Program, own: string): Program => {
  return (process) => {
    const [, name = own] = process.argv
    const other = name === own ? undefined : shells[name as keyof typeof shells]
    return (other ?? program)({ ...process, argv: process.argv.slice(1) })
  }
}

export const databaseImages: Image[] = [
  {
    repository: 'docker.io/library/postgres',
    tags: /^(latest|1[3-8]|1[3-8]\.\d+|alpine)(-(alpine|bookworm|trixie))?$/,
    entrypoint: ['docker-entrypoint.sh'],
    command: ['postgres'],
    programs: {
      ...shells,
      postgres,
      'docker-entrypoint.sh': entry(postgres, 'postgres'),
      pg_isready: pgIsReady,
      psql: unable('psql'),
    },
    env: { PGDATA: '/var/lib/postgresql/data', PG_MAJOR: '17' },
    sizeBytes: 150_000_000,
  },
  {
    repository: 'docker.io/library/mysql',
    tags: /^(latest|lts|5\.7(\.\d+)?|8|8\.\d+(\.\d+)?|9|9\.\d+(\.\d+)?)(-(oracle|debian))?$/,
    entrypoint: ['docker-entrypoint.sh'],
    command: ['mysqld'],
    programs: { ...shells, mysqld, 'docker-entrypoint.sh': entry(mysqld, 'mysqld'), mysqladmin, mysql: unable('mysql') },
    sizeBytes: 240_000_000,
  },
]
