import { expect, test } from 'vitest'
import { taskDouble } from '../testing/task-double.js'
import type { ProofTask } from './prove-task.js'
import { runSideBySide } from './schedule.js'

const task = (id: string, manifest: { namespaces?: string[]; owns?: string[] } = {}, alone = false): ProofTask => ({
  lab: 'lab',
  alone,
  task: taskDouble({ manifest: { id, ...manifest } }),
})

/** Which tasks ran at the same time, as pairs. */
async function overlaps(tasks: ProofTask[], atOnce = 4): Promise<{ pairs: string[]; order: string[] }> {
  const running = new Set<string>()
  const pairs: string[] = []
  const order: string[] = []
  await runSideBySide(tasks, {
    atOnce,
    signal: new AbortController().signal,
    work: async ({ task: { manifest } }) => {
      for (const other of running) pairs.push([other, manifest.id].sort().join('+'))
      running.add(manifest.id)
      order.push(manifest.id)
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      running.delete(manifest.id)
    },
  })
  return { pairs: pairs.sort(), order }
}

test('tasks that own nothing in common run side by side, up to the bound', async () => {
  const three = ['a', 'b', 'c'].map((id) => task(id, { namespaces: [id] }))
  expect((await overlaps(three)).pairs).toEqual(['a+b', 'a+c', 'b+c'])
  expect((await overlaps(three, 1)).pairs).toEqual([])
})

test('tasks that share a namespace, or an object outside, do not', async () => {
  expect((await overlaps([task('a', { namespaces: ['shop'] }), task('b', { namespaces: ['shop'] })])).pairs).toEqual([])
  const owners = [task('a', { owns: ['PersistentVolume/data-*'] }), task('b', { owns: ['PersistentVolume/data-1'] })]
  expect((await overlaps(owners)).pairs).toEqual([])
})

test('a task that wants to be alone has the environment to itself, and keeps its place', async () => {
  const of = (id: string) => task(id, { namespaces: [id] })
  const { pairs, order } = await overlaps([task('x', {}, true), of('a'), of('b'), task('y', {}, true), of('c'), of('d')])
  expect(pairs).toEqual(['a+b', 'c+d'])
  expect(order).toEqual(['x', 'a', 'b', 'y', 'c', 'd'])
})

test('an error ends the rest and is thrown', async () => {
  const ran: string[] = []
  const work = async ({ task: { manifest } }: ProofTask) => {
    ran.push(manifest.id)
    throw new Error(`${manifest.id} broke`)
  }
  const tasks = [task('a', { namespaces: ['n'] }), task('b', { namespaces: ['n'] })]
  await expect(runSideBySide(tasks, { atOnce: 2, signal: new AbortController().signal, work })).rejects.toThrow('a broke')
  expect(ran).toEqual(['a'])
})

test('when time is up nothing more begins, and what was left is returned', async () => {
  const ran: string[] = []
  const left = await runSideBySide(
    ['a', 'b', 'c'].map((id) => task(id, { namespaces: ['n'] })),
    {
      atOnce: 2,
      signal: new AbortController().signal,
      timeLeft: () => ran.length < 2,
      work: async ({ task: { manifest } }) => {
        ran.push(manifest.id)
      },
    },
  )
  expect(ran).toEqual(['a', 'b'])
  expect(left.map(({ task: { manifest } }) => manifest.id)).toEqual(['c'])
})
