import { describe, expect, test } from 'vitest'
import { clusterOfFile, template } from '../testing.js'

const live = clusterOfFile()

const volume = (name: string, spec: object = {}) =>
  live.create('PersistentVolume', name, {
    metadata: { name },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: `/tmp/${name}` },
      storageClassName: 'manual',
      ...spec,
    },
  })
const claim = (name: string, spec: object = {}) =>
  live.create('PersistentVolumeClaim', name, {
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      storageClassName: 'manual',
      ...spec,
    },
  })
const state = async (name: string) => {
  const { spec, status } = await live.get('PersistentVolumeClaim', name)
  return `${status?.phase} ${spec.volumeName ?? ''}`.trim()
}
const phase = async (name: string) => (await live.client.get('PersistentVolume', name)).status?.phase

describe('a claim that names its volume', () => {
  test.each([
    ['small', { resources: { requests: { storage: '2Gi' } } }, 'requested PV is too small'],
    ['other-class', { storageClassName: 'other' }, 'storageClassName does not match'],
    ['block', { volumeMode: 'Block' }, 'incompatible volumeMode'],
    ['shared', { accessModes: ['ReadWriteMany'] }, 'incompatible accessMode'],
  ])('waits where that cannot be its: %s', async (name, spec, why) => {
    await volume(`pv-${name}`)
    await claim(name, { volumeName: `pv-${name}`, ...spec })
    await live.pass(1)
    expect(await state(name)).toBe(`Pending pv-${name}`)
    expect(await phase(`pv-${name}`)).toBe('Available')
    expect(await live.events(name)).toEqual([`Warning VolumeMismatch Cannot bind to requested volume "pv-${name}": ${why}`])
    await live.client.delete('PersistentVolumeClaim', `default/${name}`)
    await live.client.delete('PersistentVolume', `pv-${name}`)
  })

  test('gets it as soon as it is there, and a second claim does not', async () => {
    await claim('first', { volumeName: 'pv-late' })
    await live.pass(1)
    expect(await state('first')).toBe('Pending pv-late')
    await volume('pv-late')
    await live.pass(1)
    expect(await state('first')).toBe('Bound pv-late')
    expect((await live.get('PersistentVolumeClaim', 'first')).metadata.annotations).toEqual({
      'pv.kubernetes.io/bind-completed': 'yes',
    })
    await claim('second', { volumeName: 'pv-late' })
    await live.pass(1)
    expect(await live.events('second')).toEqual(['Warning FailedBinding volume "pv-late" already bound to a different claim.'])
    for (const name of ['first', 'second']) await live.client.delete('PersistentVolumeClaim', `default/${name}`)
  })
})

describe('a volume', () => {
  test('kept for a claim that is larger than it stays free, and the claim waits', async () => {
    await volume('pv-kept', { claimRef: { namespace: 'default', name: 'large' } })
    await claim('large', { resources: { requests: { storage: '5Gi' } }, storageClassName: '' })
    await live.pass(1)
    expect([await phase('pv-kept'), await state('large')]).toEqual(['Available', 'Pending'])
    await live.client.delete('PersistentVolumeClaim', 'default/large')
    await live.client.delete('PersistentVolume', 'pv-kept')
  })

  test('that offers least beyond what is asked for is taken', async () => {
    await volume('pv-many', { accessModes: ['ReadWriteOnce', 'ReadWriteMany'], storageClassName: 'least' })
    await volume('pv-large', { capacity: { storage: '3Gi' }, storageClassName: 'least' })
    await live.pass(1)
    await claim('least', { storageClassName: 'least' })
    await live.pass(1)
    expect(await state('least')).toBe('Bound pv-large')
    await live.client.delete('PersistentVolumeClaim', 'default/least')
  })

  test('is free again when its administrator takes the reference to a claim that has gone away', async () => {
    await volume('pv-again', { storageClassName: 'again' })
    await claim('before', { storageClassName: 'again' })
    await live.pass(1)
    await live.client.delete('PersistentVolumeClaim', 'default/before')
    await live.pass(1)
    expect(await phase('pv-again')).toBe('Released')
    await claim('after', { storageClassName: 'again' })
    await live.pass(1)
    expect(await state('after')).toBe('Pending')
    await live.client.patch('PersistentVolume', 'pv-again', { spec: { claimRef: null as never } })
    await live.pass(1)
    expect(await state('after')).toBe('Bound pv-again')
  })

  test('that goes while it is bound stays for its claim, and a claim whose volume is gone is lost', async () => {
    await volume('pv-lost', { storageClassName: 'lost' })
    await claim('lost', { storageClassName: 'lost' })
    await live.pass(1)
    await live.client.delete('PersistentVolume', 'pv-lost')
    await live.pass(1)
    expect((await live.client.get('PersistentVolume', 'pv-lost')).metadata.deletionTimestamp).toBeDefined()
    await live.client.patch('PersistentVolume', 'pv-lost', { metadata: { finalizers: null as never } })
    await live.pass(1)
    expect(await state('lost')).toBe('Lost pv-lost')
    expect(await live.events('lost')).toContain(
      'Warning ClaimLost Bound claim has lost its PersistentVolume. Data on the volume is lost!',
    )
  })
})

describe('a claim without a class', () => {
  test('takes the default class when there is one', async () => {
    const isDefault = 'storageclass.kubernetes.io/is-default-class'
    await live.client.patch('StorageClass', 'standard', { metadata: { annotations: { [isDefault]: 'false' } } })
    await live.client.create('PersistentVolumeClaim', {
      metadata: { name: 'any', namespace: 'default' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    })
    await live.pass(1)
    expect(await live.events('any')).toEqual([
      'Normal FailedBinding no persistent volumes available for this claim and no storage class is set',
    ])
    await live.client.patch('StorageClass', 'standard', { metadata: { annotations: { [isDefault]: 'true' } } })
    await live.pass(1)
    expect((await live.get('PersistentVolumeClaim', 'any')).spec.storageClassName).toBe('standard')
    await live.create('Pod', 'user', {
      spec: { ...template('sleep infinity').spec, volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'any' } }] },
    })
    await live.pass(5)
    expect(await state('any')).toMatch(/^Bound pvc-/)
  })

  test('of a class that nobody provisions for says so', async () => {
    await live.create('StorageClass', 'local', { metadata: { name: 'local' }, provisioner: 'kubernetes.io/no-provisioner' })
    await claim('nobody', { storageClassName: 'local' })
    await live.pass(1)
    expect(await live.events('nobody')).toEqual([
      'Warning ProvisioningFailed no volume plugin matched name: kubernetes.io/no-provisioner',
    ])
  })
})
