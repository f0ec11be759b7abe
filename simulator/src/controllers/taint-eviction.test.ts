import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clusterOfFile, shell } from './testing.js'

const live = clusterOfFile()
let worker = ''
beforeAll(async () => {
  worker = live.cluster.nodes.at(-1)?.name ?? ''
})
beforeEach(() => taint(null))

const taint = (taints: object[] | null) => live.client.patch('Node', worker, { spec: { taints } })
const DOCK = { key: 'dock', value: 'repair', effect: 'NoExecute' }

async function pod(name: string, tolerations: object[] = []): Promise<void> {
  const spec = { terminationGracePeriodSeconds: 0, nodeName: worker, tolerations, containers: [shell('sleep 100000')] }
  await live.create('Pod', name, { spec })
  await live.pass(2)
}
const isThere = async (name: string) => (await live.names('Pod')).includes(name)

describe('a taint NoExecute', () => {
  test('drives out at once what does not tolerate it, with a reason', async () => {
    await pod('plain')
    await taint([DOCK])
    await live.pass(1)
    expect(await isThere('plain')).toBe(false)
    expect(await live.events('plain')).toContain('Normal TaintManagerEviction Marking for deletion Pod default/plain')
  })

  test('lets what tolerates it stay, and what tolerates it for a time as long as that', async () => {
    await pod('for-ever', [{ key: 'dock', operator: 'Exists' }])
    await pod('a-minute', [{ key: 'dock', operator: 'Equal', value: 'repair', effect: 'NoExecute', tolerationSeconds: 60 }])
    await taint([DOCK])
    await live.pass(58)
    expect(await isThere('a-minute')).toBe(true)
    await live.pass(4)
    expect(await isThere('a-minute')).toBe(false)
    expect(await isThere('for-ever')).toBe(true)
  })

  test('that goes in time is forgotten', async () => {
    await pod('lucky', [{ key: 'dock', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 }])
    await taint([DOCK])
    await live.pass(30)
    await taint(null)
    await live.pass(120)
    expect(await isThere('lucky')).toBe(true)
    expect(await live.events('lucky')).toContain('Normal TaintManagerEviction Cancelling deletion of Pod default/lucky')
  })

  test('drives out a Pod that comes later past the scheduler', async () => {
    await taint([DOCK])
    await pod('late')
    expect(await isThere('late')).toBe(false)
  })
})
