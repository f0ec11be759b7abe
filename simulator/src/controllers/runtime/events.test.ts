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

test('many Events that differ in their words alone become one, and none is told without end', async () => {
  const recorder = new EventRecorder(live.client, live.clock, { component: 'tester' })
  const object = await live.create('ConfigMap', 'noisy', {})
  const say = (message: string) => recorder.record(object, { type: 'Warning', reason: 'Odd', message })
  const about = async () =>
    (await live.client.list('Event', { namespace: 'default', fieldSelector: 'involvedObject.name=noisy' })).items.map(
      ({ message, count }) => `${message} x${count}`,
    )
  for (let index = 1; index <= 12; index++) {
    say(`word ${index}`)
    await live.pass(1)
  }
  const words = Array.from({ length: 9 }, (_, index) => `word ${index + 1} x1`)
  expect(await about()).toEqual([...words, '(combined from similar events): word 12 x3'])
  for (let index = 13; index <= 40; index++) {
    say(`word ${index}`)
    await live.pass(1)
  }
  expect(await about()).toEqual([...words, '(combined from similar events): word 25 x16'])
  await live.pass(300)
  say('word 41')
  await live.pass(1)
  expect((await about()).at(-1)).toBe('(combined from similar events): word 41 x32')
})
