import { expect, test } from 'vitest'
import { clusterOfFile } from '../testing.js'
import { EventRecorder } from './events.js'

const live = clusterOfFile()

test('an Event that somebody has deleted comes again with its count, and goes on', async () => {
  const recorder = new EventRecorder(live.client, live.clock, { component: 'tester' })
  const object = await live.create('ConfigMap', 'subject', {})
  const note = { type: 'Warning' as const, reason: 'Odd', message: 'it is odd' }
  const about = async () =>
    (await live.client.list('Event', { namespace: 'default', fieldSelector: 'involvedObject.name=subject' })).items
  const tell = async () => {
    recorder.record(object, note)
    await live.pass(2)
  }
  await tell()
  await tell()
  const [event] = await about()
  expect(event).toMatchObject({ count: 2 })
  await live.client.delete('Event', `default/${event?.metadata.name}`)
  await tell()
  await tell()
  const { firstTimestamp, metadata } = event ?? {}
  expect(await about()).toMatchObject([{ count: 4, firstTimestamp, metadata: { name: metadata?.name }, message: 'it is odd' }])
})
