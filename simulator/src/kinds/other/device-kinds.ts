/** The kinds of resource.k8s.io. @see pkg/apis/resource */
import type { FieldErrors } from '../../objects/field-errors.js'
import { dnsLabel, dnsSubdomain } from '../../objects/names.js'
import type { KubeObject } from '../../objects/object.js'
import { follow } from '../checks.js'
import { column, columns } from '../columns.js'
import { validateDriverName } from '../core/volume-checks.js'
import { defineKind, type KindDefinition } from '../define.js'
import { immutable } from '../metadata.js'
import {
  type DeviceClaimSpec,
  type DeviceClassSpec,
  defaultClaim,
  validateDeviceClaim,
  validateDeviceClass,
  validateUnique,
} from './devices.js'

const GROUP = 'resource.k8s.io'

interface ResourceClaim extends KubeObject {
  spec?: DeviceClaimSpec
  status?: { allocation?: object; reservedFor?: object[] }
}
interface ResourceClaimTemplate extends KubeObject {
  spec?: { spec?: DeviceClaimSpec }
}
interface DeviceClass extends KubeObject {
  spec?: DeviceClassSpec
}
interface Device {
  name: string
  attributes?: Record<string, object>
}
interface ResourceSlice extends KubeObject {
  spec: {
    driver: string
    pool: { name: string; generation?: number; resourceSliceCount?: number }
    nodeName?: string
    nodeSelector?: object
    allNodes?: boolean
    perDeviceNodeSelection?: boolean
    devices?: Device[]
    sharedCounters?: object[]
  }
}

function claimState({ metadata, status }: ResourceClaim): string {
  const states: string[] = []
  if (metadata.deletionTimestamp) states.push('deleted')
  if (status?.allocation) states.push('allocated')
  else if (!metadata.deletionTimestamp) states.push('pending')
  if (status?.reservedFor?.length) states.push('reserved')
  return states.join(',')
}

const ONE_OF = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'

/** Exactly one way to say which nodes have the devices. */
function validateNodes({ spec }: ResourceSlice, errors: FieldErrors): void {
  const { nodeName, nodeSelector, allNodes, perDeviceNodeSelection } = spec
  if (nodeName === '') errors.invalid('spec.nodeName', nodeName, 'must be either unset or set to a non-empty string')
  else if (nodeName) follow(dnsSubdomain, nodeName, 'spec.nodeName', errors)
  for (const [name, value] of Object.entries({ allNodes, perDeviceNodeSelection }))
    if (value === false) errors.invalid(`spec.${name}`, value, 'must be either unset or set to true')
  const given = Object.entries({ nodeName, nodeSelector, allNodes, perDeviceNodeSelection }).filter(([, value]) => value)
  const names = given.map(([name]) => `\`${name}\``).join(', ')
  if (given.length === 0) errors.required('spec', ONE_OF)
  else if (given.length > 1) errors.invalid('spec', `{${names}}`, `${ONE_OF}, but multiple fields are set`)
}

function validatePool({ pool }: ResourceSlice['spec'], errors: FieldErrors): void {
  const { name, generation = 0, resourceSliceCount = 0 } = pool
  if (!name) errors.required('spec.pool.name')
  else for (const part of name.split('/')) follow(dnsSubdomain, part, 'spec.pool.name', errors)
  if (resourceSliceCount <= 0) errors.invalid('spec.pool.resourceSliceCount', resourceSliceCount, 'must be greater than zero')
  if (generation < 0) errors.invalid('spec.pool.generation', generation, 'must be greater than or equal to zero')
}

function validateDevice({ name, attributes }: Device, path: string, errors: FieldErrors): void {
  follow(dnsLabel, name ?? '', `${path}.name`, errors)
  for (const [key, value] of Object.entries(attributes ?? {})) {
    const count = Object.keys(value).length
    if (count !== 1) errors.invalid(`${path}.attributes[${key}]`, count ? value : '', 'exactly one value must be specified')
  }
}

function validateSlice(object: ResourceSlice, errors: FieldErrors): void {
  const { driver, devices, sharedCounters } = object.spec
  validateDriverName(driver, 'spec.driver', errors)
  validatePool(object.spec, errors)
  validateNodes(object, errors)
  if (devices && sharedCounters) errors.invalid('spec', '', 'only one of `sharedCounters` or `devices` is allowed')
  validateUnique(devices, 'spec.devices', errors, {
    check: (device, path) => validateDevice(device, path, errors),
    key: ({ name }) => name,
  })
}

export const deviceKinds: KindDefinition[] = [
  defineKind<DeviceClass>(GROUP, 'DeviceClass', {
    counted: true,
    validate: ({ spec }, errors) => validateDeviceClass(spec, 'spec', errors),
    columns: columns(),
  }),
  defineKind<ResourceClaim>(GROUP, 'ResourceClaim', {
    defaults: ({ spec }) => defaultClaim(spec),
    validate: ({ spec }, errors, { old }) => {
      // What may not change is not judged again.
      if (!old) validateDeviceClaim(spec, 'spec', errors)
    },
    validateUpdate: (object, old, errors) => immutable(object.spec, old.spec, 'spec', errors),
    columns: columns<ResourceClaim>(column('State', claimState, '')),
  }),
  defineKind<ResourceClaimTemplate>(GROUP, 'ResourceClaimTemplate', {
    defaults: ({ spec }) => defaultClaim(spec?.spec),
    validate: ({ spec }, errors, { old }) => {
      if (!old) validateDeviceClaim(spec?.spec, 'spec.spec', errors)
    },
    validateUpdate: (object, old, errors) => immutable(object.spec, old.spec, 'spec', errors),
    columns: columns(),
  }),
  defineKind<ResourceSlice>(GROUP, 'ResourceSlice', {
    counted: true,
    validate: validateSlice,
    validateUpdate({ spec }, old, errors) {
      immutable(spec.pool.name, old.spec.pool.name, 'spec.pool.name', errors)
      immutable(spec.driver, old.spec.driver, 'spec.driver', errors)
      immutable(spec.nodeName, old.spec.nodeName, 'spec.nodeName', errors)
    },
    columns: columns<ResourceSlice>(
      column('Node', ({ spec }) => spec.nodeName, ''),
      column('Driver', ({ spec }) => spec.driver, ''),
      column('Pool', ({ spec }) => spec.pool.name, ''),
    ),
  }),
]
