import type { AddressInfo } from 'node:net'
import type { AttemptView, CheckpointView } from '@wheelhouse/protocol'
import { expect, test } from 'vitest'
import { buildTestServer } from '../testing/test-server.js'
import { EnvironmentStates } from './kept-states.js'
import { signIn } from './server-client.js'

/** The owner at a command line beside a server that listens, with one lab begun. */
async function beside(capabilities = { checkpoints: true }) {
  const server = await buildTestServer({ engine: { capabilities } })
  await server.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = server.app.server.address() as AddressInfo
  const { id } = await server.parts.accounts.owner()
  const client = await signIn(`http://127.0.0.1:${port}/`, await server.parts.accounts.createLink(id))
  const begin = async (lab: string) => {
    const attempt = await client.ask<AttemptView>('POST', '/api/attempts', { lab })
    await server.settled()
    return attempt.environment?.id ?? ''
  }
  return { server, client, begin, first: await begin('alpha') }
}

const kindsOf = (states: CheckpointView[]) => states.map(({ kind, name }) => name ?? kind)

test('a state is kept, gone back to by its name, tried in a copy by its kind, and deleted by the beginning of its id', async () => {
  const { server, client, first } = await beside()
  const states = await EnvironmentStates.find(client, undefined)
  const kept = await states.keep('mine')
  expect((await states.goBack('mine')).id).toBe(kept.id)
  await server.settled()
  expect(kindsOf(await states.list())).toEqual(['before-return', 'mine', 'start'])

  const copy = await states.fork('start')
  await server.settled()
  expect(copy).toMatchObject({ lab: 'alpha', fork: true })
  expect((await EnvironmentStates.find(client, 'alpha')).environment.id).toBe(first)
  expect((await EnvironmentStates.find(client, copy.id)).environment.id).toBe(copy.id)

  await states.delete(kept.id.slice(0, -1))
  expect(kindsOf(await states.list())).toEqual(['before-return', 'start'])
})

test('what names none, or more than one, is answered with the choices', async () => {
  const { client, begin, first } = await beside()
  const states = await EnvironmentStates.find(client, undefined)
  await expect(states.goBack('yesterday')).rejects.toMatchObject({
    code: 'CHOICE_UNCLEAR',
    values: { wanted: 'yesterday', choices: expect.stringMatching(/^\n- \S+ start$/) },
  })
  await expect(EnvironmentStates.find(client, 'omega')).rejects.toMatchObject({
    code: 'CHOICE_UNCLEAR',
    values: { wanted: 'omega', choices: `\n- alpha (${first})` },
  })
  const second = await begin('beta')
  await expect(EnvironmentStates.find(client, undefined)).rejects.toMatchObject({
    values: { wanted: '--environment', choices: `\n- alpha (${first})\n- beta (${second})` },
  })
})

test('what the server refuses is said in its words', async () => {
  const { server, client } = await beside({ checkpoints: false })
  const states = await EnvironmentStates.find(client, 'alpha')
  await expect(states.keep('mine')).rejects.toMatchObject({ code: 'ENGINE_UNSUPPORTED', values: { what: 'checkpoints' } })
  await server.app.close()
  await expect(states.keep('mine')).rejects.toMatchObject({ code: 'SERVER_NOT_RUNNING' })
})

test('a link that was used is refused', async () => {
  const { server, client } = await beside()
  const token = await server.parts.accounts.createLink((await server.parts.accounts.owner()).id)
  await signIn(client.url, token)
  await expect(signIn(client.url, token)).rejects.toMatchObject({ code: 'SIGN_IN_LINK_INVALID' })
})
