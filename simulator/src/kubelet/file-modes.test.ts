import { expect, test } from 'vitest'
import { clusterOfFile, shell } from '../controllers/testing.js'

const live = clusterOfFile()

const OWN = '/var/run/secrets/kubernetes.io/serviceaccount'
const user = (runAsUser: number) => ({ securityContext: { runAsUser } })

test.each([
  ['anybody', {}, [{}], '644 644'],
  ['group', { fsGroup: 2000 }, [{}], '640 644'],
  ['one-user', { runAsUser: 1000 }, [{}, user(1000)], '600 644'],
  ['two-users', { runAsUser: 1000 }, [{}, user(1001)], '644 644'],
  ['one-of-two', {}, [user(1000), {}], '644 644'],
  ['both', { fsGroup: 2000, runAsUser: 1000 }, [{}], '640 644'],
])('a token and a certificate of a Pod with %s', async (name, securityContext, containers, modes) => {
  const names = ['main', 'other']
  const of = (more: object, index: number) => shell('sleep infinity', { ...more, name: names[index] })
  await live.create('Pod', name, { spec: { securityContext, containers: containers.map(of) } })
  await live.pass(3)
  expect((await live.exec(name, `stat -c %a ${OWN}/token ${OWN}/ca.crt`)).trim().replace('\n', ' ')).toBe(modes)
})

test('a group may read a Secret that is otherwise for its owner', async () => {
  await live.create('Secret', 'hidden', { data: { word: Buffer.from('word').toString('base64') } })
  await live.create('Pod', 'reader', {
    spec: {
      securityContext: { fsGroup: 2000 },
      volumes: [{ name: 'hidden', secret: { secretName: 'hidden', defaultMode: 0o400 } }],
      containers: [shell('sleep infinity', { volumeMounts: [{ name: 'hidden', mountPath: '/hidden' }] })],
    },
  })
  await live.pass(3)
  expect(await live.exec('reader', 'stat -c %a /hidden/word')).toBe('440\n')
})
