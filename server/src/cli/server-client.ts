/** The running server as one of its learners sees it: for commands about what lives in the server alone. */
import { type ErrorBody, LabError, type LearnerId } from '@wheelhouse/protocol'
import { Accounts } from '../accounts/accounts.js'
import { systemClock } from '../clock.js'
import { openDataDirectory, readServerNote } from '../config/data-directory.js'
import { openStore } from '../store/store.js'
import { readSettings, type SharedOptions } from './options.js'

export interface ServerClient {
  /** Where the server answers, without a path. */
  readonly url: string
  /** @throws LabError what the server refused with; `SERVER_NOT_RUNNING` where nobody answers */
  ask<Shape>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Shape>
}

/**
 * Signs in at the server of the data directory by a one-time link, does the work, and signs out again.
 *
 * @param name  the learner; the owner where absent
 * @throws LabError `SERVER_NOT_RUNNING`, `LEARNER_UNKNOWN`
 */
export async function asLearner(
  options: SharedOptions,
  name: string | undefined,
  work: (client: ServerClient) => Promise<void>,
): Promise<void> {
  const { config, dataDirectory } = readSettings(options)
  const url = readServerNote(dataDirectory)?.url
  if (!url) throw new LabError('SERVER_NOT_RUNNING', { directory: dataDirectory })
  const store = await openStore(config.store.url || openDataDirectory(dataDirectory).databaseFile)
  const token = await linkFor(new Accounts({ store, clock: systemClock, settings: config.accounts }), name).finally(() =>
    store.close(),
  )
  const client = await signIn(url, token)
  try {
    await work(client)
  } finally {
    await client.ask('DELETE', '/api/session')
  }
}

async function linkFor(accounts: Accounts, name: string | undefined): Promise<string> {
  const { id }: { id: LearnerId } = name === undefined ? await accounts.owner() : await accounts.byName(name)
  return accounts.createLink(id)
}

/** @param token  of a one-time link, which it uses up */
export async function signIn(url: string, token: string): Promise<ServerClient> {
  const { origin } = new URL(url)
  const answer = await reach(origin, `/sign-in?token=${token}`, { redirect: 'manual' })
  const cookie = answer.headers.get('set-cookie')?.split(';')[0]
  if (!cookie) throw answer.status === 303 ? new LabError('SIGN_IN_LINK_INVALID', { name: 'NAME' }) : await refusal(answer)
  return {
    url: origin,
    ask: async (method, path, body) => {
      const headers = { cookie, origin, accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}) }
      const response = await reach(origin, path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
      if (!response.ok) throw await refusal(response)
      return response.status === 204 ? undefined : await response.json()
    },
  }
}

const reach = (origin: string, path: string, init: RequestInit): Promise<Response> =>
  fetch(`${origin}${path}`, init).catch((error: unknown) => {
    throw new LabError('SERVER_NOT_RUNNING', { directory: origin }, { cause: error })
  })

async function refusal(response: Response): Promise<LabError> {
  const body = (await response.json().catch(() => null)) as ErrorBody | null
  if (!body?.code) return new LabError('INTERNAL', {}, { detail: `HTTP ${response.status}` })
  return new LabError(body.code, body.values, { detail: body.detail })
}
