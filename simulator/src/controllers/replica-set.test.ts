import { expect, test } from 'vitest'
import { clusterOfFile, template } from './testing.js'

const live = clusterOfFile()

const labels = { app: 'web' }
const ownersOf = async (name: string) => (await live.get('Pod', name)).metadata.ownerReferences?.map((each) => each.name)

test('a ReplicaSet lets a Pod go whose labels it no longer selects, makes another, and takes one over that fits', async () => {
  await live.create('Pod', 'stray', {
    ...template('sleep infinity', { labels }),
    metadata: { name: 'stray', namespace: 'default', labels },
  })
  await live.create('ReplicaSet', 'web', {
    spec: { replicas: 2, selector: { matchLabels: labels }, template: template('sleep infinity', { labels }) },
  })
  await live.pass(3)
  expect(await ownersOf('stray')).toEqual(['web'])
  const own = (await live.names('Pod', 'app=web')).filter((name) => name !== 'stray')
  expect(own).toHaveLength(1)
  await live.client.patch('Pod', `default/${own[0]}`, { metadata: { labels: { app: 'other' } } })
  await live.pass(3)
  expect(await ownersOf(own[0] ?? '')).toBeUndefined()
  expect(await live.names('Pod', 'app=web')).toHaveLength(2)
  expect((await live.get('ReplicaSet', 'web')).status).toMatchObject({ replicas: 2, readyReplicas: 2 })
  expect((await live.events('web')).filter((line) => line.startsWith('Normal SuccessfulCreate'))).toHaveLength(2)
})
