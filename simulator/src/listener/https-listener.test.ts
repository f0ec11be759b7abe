/** What a connection knows of its client. */
import { Agent, request } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestCluster, testCluster } from '../testing.js'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await testCluster({ apiOnly: true })
})
afterAll(() => cluster.cluster.close())

interface Review {
  status: { userInfo: { username: string; groups: string[] } }
}

/** Asks on a connection of its own who the server takes us for. */
function whoAmI(agent: Agent, port: number): Promise<{ review: Review; isResumed: boolean }> {
  const body = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' })
  const headers = { 'content-type': 'application/json', 'content-length': body.length }
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
  return new Promise((resolve, reject) => {
    const asked = request({ agent, host: '127.0.0.1', port, path, method: 'POST', headers }, async (response) => {
      const isResumed = (response.socket as TLSSocket).isSessionReused()
      const text = Buffer.concat(await response.toArray()).toString()
      resolve({ review: JSON.parse(text) as Review, isResumed })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

test('a client whose connection goes on with the session of an earlier one is still known', async () => {
  const { port } = await cluster.cluster.listen()
  const { certificatePem: cert, keyPem: key } = await cluster.cluster.issue({ name: 'jane', groups: ['crew'] })
  const agent = new Agent({ cert, key, rejectUnauthorized: false })
  const first = await whoAmI(agent, port)
  const second = await whoAmI(agent, port)
  expect([first.isResumed, second.isResumed]).toEqual([false, true])
  expect(second.review).toMatchObject({ status: { userInfo: { username: 'jane', groups: ['crew', 'system:authenticated'] } } })
})
