import { environmentId } from '@wheelhouse/protocol'
import { describe, expect, test } from 'vitest'
import { specOf } from '../contract.js'
import { addressesNeeded, layoutOf, parseSubnet } from './layout.js'
import { DEFAULT_BOUNDS } from './settings.js'
import { freeSubnet } from './subnets.js'

const settings = { bounds: DEFAULT_BOUNDS }
const id = environmentId('a1b2c3d4e5f6')

describe('layoutOf', () => {
  test('gives every machine kind’s own container name and an address of its own', () => {
    const layout = layoutOf(specOf(id, { controlPlanes: 3, workers: 2, bareNodes: 1 }), '10.201.0.16/28', settings)
    const rows = [layout.base, ...(layout.clusters[0]?.containers ?? [])].map((one) => [one.machine, one.container, one.address])
    expect(rows).toEqual([
      ['base', 'wh-a1b2c3d4e5f6-base', '10.201.0.18'],
      ['controlplane', 'wh-a1b2c3d4e5f6-control-plane', '10.201.0.19'],
      ['controlplane02', 'wh-a1b2c3d4e5f6-control-plane2', '10.201.0.20'],
      ['controlplane03', 'wh-a1b2c3d4e5f6-control-plane3', '10.201.0.21'],
      ['node01', 'wh-a1b2c3d4e5f6-worker', '10.201.0.22'],
      ['node02', 'wh-a1b2c3d4e5f6-worker2', '10.201.0.23'],
      ['node03', 'wh-a1b2c3d4e5f6-bare', '10.201.0.24'],
      ['loadbalancer', 'wh-a1b2c3d4e5f6-external-load-balancer', '10.201.0.25'],
    ])
    expect(layout.gateway).toBe('10.201.0.17')
    expect(layout.clusters[0]?.endpoint).toBe('loadbalancer:6443')
  })

  test('one control plane is its own endpoint; the bridge name fits into what Linux allows', () => {
    const layout = layoutOf(specOf(id), '10.201.0.0/28', settings)
    expect(layout.clusters[0]?.endpoint).toBe('controlplane:6443')
    expect(layout.bridge.length).toBeLessThanOrEqual(15)
  })
})

describe('freeSubnet', () => {
  const most = addressesNeeded(specOf(id, { controlPlanes: 3, workers: 5, bareNodes: 3 }))

  test('the largest lab fits into a /28', () => {
    expect(freeSubnet('10.201.0.0/16', [], most)).toBe('10.201.0.0/28')
  })

  test('a larger environment gets a larger subnet', () => {
    expect(freeSubnet('10.201.0.0/16', [], 20)).toBe('10.201.0.0/27')
  })

  test('passes over what is taken, in whole or in part, and over IPv6', () => {
    expect(freeSubnet('10.201.0.0/16', ['10.201.0.0/28', '10.201.0.20/30', 'fc00::/64'], 4)).toBe('10.201.0.32/28')
    expect(freeSubnet('10.201.0.0/16', ['10.0.0.0/8'].slice(1), 4)).toBe('10.201.0.0/28')
  })

  test('says so when the range is used up', () => {
    expect(() => freeSubnet('10.201.0.0/24', ['10.201.0.0/16'], 4)).toThrow(
      expect.objectContaining({ code: 'ENGINE_UNSUPPORTED' }),
    )
  })

  test('a range begins at its own first address', () => {
    expect(parseSubnet('10.201.7.9/16')).toEqual({
      first: parseSubnet('10.201.0.0/16').first,
      last: parseSubnet('10.201.255.255/32').last,
      prefix: 16,
    })
  })
})
