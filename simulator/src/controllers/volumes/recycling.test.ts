import { describe, expect, test } from 'vitest'
import { clusterOfFile, shell } from '../testing.js'

const live = clusterOfFile()

const volume = (name: string, source: object) =>
  live.client.create('PersistentVolume', {
    metadata: { name },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Recycle',
      storageClassName: name,
      ...source,
    },
  } as never)
const claim = (name: string) =>
  live.create('PersistentVolumeClaim', name, {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: name },
  })
const user = (name: string, line: string) =>
  live.create('Pod', name, {
    spec: {
      terminationGracePeriodSeconds: 0,
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'used' } }],
      containers: [shell(line, { volumeMounts: [{ name: 'data', mountPath: '/data' }] })],
    },
  })
const stateOf = async (name: string) => {
  const { status, spec } = await live.client.get('PersistentVolume', name)
  return { phase: status?.phase, message: status?.message, claim: spec.claimRef?.name }
}

describe('a volume of the policy Recycle', () => {
  test('is emptied by a Pod, whose Events it tells, and is free again', async () => {
    await volume('used', { hostPath: { path: '/tmp/used' } })
    await claim('used')
    await user('writer', 'mkdir /data/deep; echo one > /data/deep/file; echo two > /data/.hidden; sleep infinity')
    await live.pass(5)
    expect(await live.exec('writer', 'ls -A /data')).toBe('.hidden\ndeep\n')
    await live.client.delete('Pod', 'default/writer')
    await live.client.delete('PersistentVolumeClaim', 'default/used')
    await live.pass(10)
    expect(await stateOf('used')).toEqual({ phase: 'Available', message: undefined, claim: undefined })
    expect(await live.names('Pod')).toEqual([])
    const told = (await live.events('used')).filter((line) => /Recycle/.test(line))
    expect(told[0]).toMatch(/^Normal RecyclerPod Recycler pod: Successfully assigned default\/recycler-for-used to /)
    expect(told).toContain('Normal RecyclerPod Recycler pod: Container started')
    expect(told.at(-1)).toBe('Normal VolumeRecycled Volume recycled')
    await claim('used')
    await user('reader', 'sleep infinity')
    await live.pass(5)
    expect(await live.exec('reader', 'ls -A /data')).toBe('')
  })

  test('of a source that nobody can empty has failed', async () => {
    await volume('foreign', { csi: { driver: 'example.com', volumeHandle: 'one' } })
    await claim('foreign')
    await live.pass(2)
    await live.client.delete('PersistentVolumeClaim', 'default/foreign')
    await live.pass(40)
    const message = 'No recycler plugin found for the volume!'
    expect(await stateOf('foreign')).toEqual({ phase: 'Failed', message, claim: 'foreign' })
    const told = (await live.events('foreign')).filter((line) => /Recycle/.test(line))
    expect(told).toEqual([`Warning VolumeFailedRecycle ${message}`])
  })
})
