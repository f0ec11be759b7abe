import { describe, expect, test } from 'vitest'
import { clusterOfFile, template } from './testing.js'

const live = clusterOfFile()

const create = (name: string, line: string, spec: object = {}) => {
  const jobTemplate = { spec: { template: template(line, { restartPolicy: 'Never' }) } }
  return live.create('CronJob', name, { spec: { schedule: '* * * * *', jobTemplate, ...spec } })
}
const jobsOf = async (name: string) => (await live.names('Job')).filter((each) => each.startsWith(`${name}-`))

describe('a CronJob', () => {
  test('makes a Job each minute and keeps the last three', async () => {
    await create('tick', 'true')
    await live.pass(62)
    const [first] = await jobsOf('tick')
    const minute = Math.floor(live.clock.now() / 60_000)
    expect(first).toBe(`tick-${minute}`)
    const job = await live.get('Job', first ?? '')
    expect(job.metadata.annotations).toEqual({
      'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-01-01T00:01:00Z',
    })
    await live.pass(300)
    expect(await jobsOf('tick')).toHaveLength(3)
    const cronJob = await live.get('CronJob', 'tick')
    expect(cronJob.status).toMatchObject({ lastScheduleTime: '2026-01-01T00:06:00Z' })
    expect(cronJob.status?.active).toBeUndefined()
    const events = (await live.events('tick')).filter((line) => line.includes(first ?? ''))
    expect(events).toEqual([
      `Normal SuccessfulCreate Created job ${first}`,
      `Normal SawCompletedJob Saw completed job: ${first}, condition: Complete`,
      `Normal SuccessfulDelete Deleted job ${first}`,
    ])
    await live.client.delete('CronJob', 'default/tick')
    await live.pass(10)
    expect(await jobsOf('tick')).toEqual([])
  })

  test('starts no second one beside the first where it is forbidden', async () => {
    await create('alone', 'sleep infinity', { concurrencyPolicy: 'Forbid' })
    await live.pass(180)
    expect(await jobsOf('alone')).toHaveLength(1)
    expect(await live.events('alone')).toContain(
      'Normal JobAlreadyActive Not starting job because prior execution is running and concurrency policy is Forbid',
    )
  })

  test('puts the next one in place of the last where it is told to', async () => {
    await create('newest', 'sleep infinity', { concurrencyPolicy: 'Replace' })
    await live.pass(62)
    const [first] = await jobsOf('newest')
    await live.pass(60)
    const [second, ...more] = await jobsOf('newest')
    expect(second).not.toBe(first)
    expect(more).toEqual([])
    expect((await live.get('CronJob', 'newest')).status?.active?.map((each) => each.name)).toEqual([second])
  })

  test('waits while it is suspended, and then makes up for the last one', async () => {
    await create('later', 'true', { suspend: true })
    await live.pass(150)
    expect(await jobsOf('later')).toEqual([])
    await live.client.patch('CronJob', 'default/later', { spec: { suspend: false } })
    await live.pass(1)
    expect(await jobsOf('later')).toHaveLength(1)
  })

  test('a schedule that cannot be read is refused in the words of upstream', async () => {
    await expect(create('bad', 'true', { schedule: '61 * * * *' })).rejects.toThrow(
      'CronJob.batch "bad" is invalid: spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61',
    )
    await expect(create('bad', 'true', { schedule: '* * * *' })).rejects.toThrow('expected exactly 5 fields, found 4: [* * * *]')
    await expect(create('bad', 'true', { timeZone: 'Mars/Olympus' })).rejects.toThrow(
      'spec.timeZone: Invalid value: "Mars/Olympus": unknown time zone Mars/Olympus',
    )
  })
})

describe('a CronJob with another schedule', () => {
  test('begins with the next time of it, and makes up for none before', async () => {
    await create('moved', 'true', { schedule: '0 0 1 1 *' })
    // Half a minute after a time of the new schedule, and two and a half before its next.
    await live.pass(180 - ((live.clock.now() / 1000) % 180) + 30)
    await live.client.patch('CronJob', 'default/moved', { spec: { schedule: '*/3 * * * *' } })
    await live.pass(60)
    expect(await jobsOf('moved')).toEqual([])
    await live.pass(95)
    expect(await jobsOf('moved')).toHaveLength(1)
    await live.client.delete('CronJob', 'default/moved')
    await live.pass(5)
  })

  test('that never comes is told of', async () => {
    await create('never', 'true', { schedule: '0 0 31 2 *' })
    await live.pass(1)
    expect(await live.events('never')).toEqual([
      'Warning InvalidSchedule invalid schedule: 0 0 31 2 * : time difference between two schedules is less than 1 second',
    ])
    await live.client.delete('CronJob', 'default/never')
    await live.pass(5)
  })
})
