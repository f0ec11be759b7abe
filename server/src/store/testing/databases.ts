/** The databases that the store's suite runs over: SQLite always, PostgreSQL where it is installed or named. */
import { execFileSync, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kysely, sql } from 'kysely'
import pg from 'pg'
import { MIGRATIONS } from '../migrations/index.js'
import { dialectOf, openStore } from '../store.js'

export interface TestDatabase {
  name: string
  /** Why it cannot be run here; undefined where it can. */
  missing?: string
  /** The URL of an empty database. */
  create(): Promise<string>
  close(): Promise<void>
}

export const databasesForTests = (): TestDatabase[] => [sqlite(), postgres()]

/** Leaves a database as an older version left it: the migrations up to its newest, and its rows. */
export async function writeAs(
  { newest, statements }: { newest: string; statements: readonly string[] },
  url: string,
): Promise<void> {
  const older = Object.entries(MIGRATIONS).filter(([name]) => name <= newest)
  const store = await openStore(url, Object.fromEntries(older))
  await store.close()
  const dialect = dialectOf(url)
  const db = new Kysely<unknown>({ dialect: dialect.kysely })
  for (const statement of statements) await sql.raw(statement).execute(db)
  await db.destroy()
}

function sqlite(): TestDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-store-'))
  let count = 0
  return {
    name: 'SQLite',
    create: async () => join(folder, `${++count}.db`),
    close: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** `WHEELHOUSE_TEST_POSTGRES` (a URL whose account may create databases), else a private server in a temporary folder. */
function postgres(): TestDatabase {
  const given = process.env.WHEELHOUSE_TEST_POSTGRES
  const programs = given ? undefined : findPrograms()
  if (!given && !programs) return absent('initdb and pg_ctl are not installed (Debian: apt-get install postgresql)')
  let server: PrivateServer | undefined
  let count = 0
  return {
    name: 'PostgreSQL',
    async create() {
      if (programs) server ??= new PrivateServer(programs)
      const base = given ?? server?.url ?? ''
      const name = `wheelhouse_test_${process.pid}_${++count}`
      const client = new pg.Client({ connectionString: base })
      await client.connect()
      await client.query(`create database ${name}`)
      await client.end()
      return withDatabase(base, name)
    },
    close: async () => server?.stop(),
  }
}

const absent = (missing: string): TestDatabase => ({
  name: 'PostgreSQL',
  missing,
  create: () => Promise.reject(new Error(missing)),
  close: async () => {},
})

/** Debian keeps the programs away from PATH. */
function findPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [...versions.map((version) => join(debian, version, 'bin')), ...(process.env.PATH ?? '').split(':')]
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'pg_ctl')))
}

function withDatabase(url: string, name: string): string {
  const [address = '', query] = url.split('?')
  return `${address.replace(/\/[^/]*$/, '')}/${name}${query ? `?${query}` : ''}`
}

/** A server without a port: it listens on a socket file in its own folder. */
class PrivateServer {
  readonly #folder = mkdtempSync('/tmp/wheelhouse-pg-')
  readonly url = `postgres://wheelhouse@localhost/postgres?host=${encodeURIComponent(this.#folder)}`

  constructor(private readonly programs: string) {
    const { uid, gid } = account()
    if (uid !== undefined && gid !== undefined) chownSync(this.#folder, uid, gid)
    this.#run(
      'initdb',
      '--pgdata',
      join(this.#folder, 'data'),
      '--username=wheelhouse',
      '--auth=trust',
      '--no-sync',
      '--encoding=UTF8',
    )
    const settings = `-c listen_addresses='' -c unix_socket_directories='${this.#folder}' -c fsync=off`
    this.#run(
      'pg_ctl',
      'start',
      '--pgdata',
      join(this.#folder, 'data'),
      '--wait',
      '--log',
      join(this.#folder, 'log'),
      '--options',
      settings,
    )
  }

  stop(): void {
    this.#run('pg_ctl', 'stop', '--pgdata', join(this.#folder, 'data'), '--mode=immediate', '--wait')
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #run(program: string, ...given: string[]): void {
    const child = spawnSync(join(this.programs, program), given, {
      ...account(),
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: '/tmp',
    })
    if (child.status !== 0) throw new Error(`${program} ended with ${child.status}: ${child.stderr}`)
  }
}

/** PostgreSQL refuses to run as root, so root lends it an account without privileges. */
function account(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const idOf = (flag: string, name: string) => Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }))
  for (const name of ['postgres', 'nobody'])
    try {
      return { uid: idOf('-u', name), gid: idOf('-g', name) }
    } catch {
      // There is no such account here; the next one is tried.
    }
  return {}
}
