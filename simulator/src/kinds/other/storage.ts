/** StorageClass and the other kinds of storage.k8s.io. @see pkg/apis/storage/validation/validation.go */
import type { FieldErrors } from '../../objects/field-errors.js'
import { dnsSubdomain, qualifiedName } from '../../objects/names.js'
import { sameJson } from '../../objects/object.js'
import { compareQuantities } from '../../objects/quantity.js'
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  StorageClass,
  VolumeAttachment,
  VolumeAttributesClass,
} from '../../schema/kubernetes.generated.js'
import { follow, nonNegative } from '../checks.js'
import { ageColumn, column, columns, defaultColumns, integerColumn } from '../columns.js'
import { validateDriverName } from '../core/volume-checks.js'
import { type Column, defineKind } from '../define.js'
import { validateSelector } from '../label-selector.js'
import { immutable } from '../metadata.js'

const DEFAULT_CLASS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']
export const isDefaultClass = (object: StorageClass): boolean =>
  DEFAULT_CLASS.some((key) => object.metadata.annotations?.[key] === 'true')

const RECLAIM = ['Delete', 'Retain']
const BINDING = ['Immediate', 'WaitForFirstConsumer']

type Topology = NonNullable<StorageClass['allowedTopologies']>[number]

function validateTopologies(terms: Topology[], errors: FieldErrors): void {
  for (const [index, { matchLabelExpressions = [] }] of terms.entries()) {
    const seen = new Set<string>()
    for (const [at, { key, values = [] }] of matchLabelExpressions.entries()) {
      const path = `allowedTopologies[${index}].matchLabelExpressions[${at}]`
      if (values.length === 0) errors.required(`${path}.values`)
      for (const [place, value] of values.entries())
        if (values.indexOf(value) < place) errors.duplicate(`${path}.values[${place}]`, value)
      follow(qualifiedName, key, `${path}.key`, errors)
      if (seen.has(key)) errors.duplicate(`${path}.key`, key)
      seen.add(key)
    }
  }
}

export const storageClass = defineKind<StorageClass>('storage.k8s.io', 'StorageClass', {
  defaults(object) {
    object.reclaimPolicy ??= 'Delete'
    object.volumeBindingMode ??= 'Immediate'
  },
  validate({ provisioner, parameters, reclaimPolicy, volumeBindingMode, allowedTopologies }, errors) {
    if (!provisioner) errors.required('provisioner')
    else follow((name) => qualifiedName(name.toLowerCase()), provisioner, 'provisioner', errors)
    for (const key of Object.keys(parameters ?? {})) if (!key) errors.invalid('parameters', key, 'field can not be empty.')
    if (!RECLAIM.includes(reclaimPolicy ?? '')) errors.notSupported('reclaimPolicy', reclaimPolicy, RECLAIM)
    if (!BINDING.includes(volumeBindingMode ?? '')) errors.notSupported('volumeBindingMode', volumeBindingMode, BINDING)
    validateTopologies(allowedTopologies ?? [], errors)
  },
  validateUpdate(object, old, errors) {
    for (const name of ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const)
      immutable(object[name], old[name], name, errors)
  },
  columns: [
    { name: 'Name', format: 'name', value: (object) => `${object.metadata.name}${isDefaultClass(object) ? ' (default)' : ''}` },
    column('Provisioner', (object) => object.provisioner),
    column('ReclaimPolicy', (object) => object.reclaimPolicy),
    column('VolumeBindingMode', (object) => object.volumeBindingMode),
    { name: 'AllowVolumeExpansion', value: (object) => String(object.allowVolumeExpansion ?? false) },
    ageColumn as Column<StorageClass>,
  ],
})

const GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType']
const LIFE_CYCLES = ['Persistent', 'Ephemeral']
const SHORTEST_TOKEN_S = 600
const LEAST_PERIOD_S = 10

function validateTokens(requests: NonNullable<CSIDriver['spec']['tokenRequests']>, errors: FieldErrors): void {
  const seen = new Set<string>()
  for (const [index, { audience, expirationSeconds: seconds }] of requests.entries()) {
    const path = `spec.tokenRequests[${index}]`
    if (seen.has(audience)) {
      errors.duplicate(`${path}.audience`, audience)
      continue
    }
    seen.add(audience)
    if (seconds !== undefined && seconds < SHORTEST_TOKEN_S)
      errors.invalid(`${path}.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes')
    if (seconds !== undefined && seconds > 2 ** 32)
      errors.invalid(`${path}.expirationSeconds`, seconds, 'may not specify a duration larger than 2^32 seconds')
  }
}

function validateDriverSpec(spec: CSIDriver['spec'], errors: FieldErrors): void {
  const { fsGroupPolicy, tokenRequests = [], volumeLifecycleModes = [], nodeAllocatableUpdatePeriodSeconds: period } = spec
  if (fsGroupPolicy !== undefined && !GROUP_POLICIES.includes(fsGroupPolicy))
    errors.notSupported('spec.fsGroupPolicy', fsGroupPolicy, GROUP_POLICIES)
  validateTokens(tokenRequests, errors)
  for (const mode of volumeLifecycleModes)
    if (!LIFE_CYCLES.includes(mode)) errors.notSupported('spec.volumeLifecycleModes', mode, LIFE_CYCLES)
  if (period !== undefined && period < LEAST_PERIOD_S)
    errors.invalid('spec.nodeAllocatableUpdatePeriodSeconds', period, 'must be greater than or equal to 10 seconds')
  const inSecrets = spec.serviceAccountTokenInSecrets
  if (inSecrets !== undefined && tokenRequests.length === 0)
    errors.invalid(
      'spec.serviceAccountTokenInSecrets',
      inSecrets,
      'serviceAccountTokenInSecrets is set but no tokenRequests are specified',
    )
}

export const csiDriver = defineKind<CSIDriver>('storage.k8s.io', 'CSIDriver', {
  warnings: ({ spec }) =>
    spec.tokenRequests?.length && spec.serviceAccountTokenInSecrets === undefined
      ? [
          'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes',
        ]
      : [],
  defaults({ spec }) {
    spec.attachRequired ??= true
    spec.podInfoOnMount ??= false
    spec.storageCapacity ??= false
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType'
    if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent']
    spec.requiresRepublish ??= false
    spec.seLinuxMount ??= false
  },
  validate: ({ spec }, errors) => validateDriverSpec(spec, errors),
  validateUpdate(object, old, errors) {
    immutable(object.spec.attachRequired, old.spec.attachRequired, 'spec.attachedRequired', errors)
    immutable(object.spec.volumeLifecycleModes, old.spec.volumeLifecycleModes, 'spec.volumeLifecycleModes', errors)
  },
  columns: columns<CSIDriver>(
    { name: 'AttachRequired', value: ({ spec }) => String(spec.attachRequired ?? true) },
    { name: 'PodInfoOnMount', value: ({ spec }) => String(spec.podInfoOnMount ?? false) },
    { name: 'StorageCapacity', value: ({ spec }) => String(spec.storageCapacity ?? false) },
    {
      name: 'TokenRequests',
      value: ({ spec }) =>
        spec.tokenRequests?.map((each) => (each as { audience?: string }).audience ?? '').join(',') ?? '<unset>',
    },
    { name: 'RequiresRepublish', value: ({ spec }) => String(spec.requiresRepublish ?? false) },
    column('Modes', ({ spec }) => spec.volumeLifecycleModes?.join(',')),
  ),
})

const LONGEST_NODE_ID = 192

function validateNodeDriver(driver: CSINode['spec']['drivers'][number], path: string, errors: FieldErrors): void {
  validateDriverName(driver.name, `${path}.name`, errors)
  if (!driver.nodeID) errors.required(`${path}.nodeID`)
  if (driver.nodeID.length > LONGEST_NODE_ID)
    errors.invalid(`${path}.nodeID`, driver.nodeID, `must be ${LONGEST_NODE_ID} characters or less`)
  nonNegative(driver.allocatable?.count, `${path}.allocatable.count`, errors)
  const keys = driver.topologyKeys ?? []
  for (const [index, key] of keys.entries()) {
    if (!key) errors.required(path)
    if (keys.indexOf(key) < index) errors.duplicate(path, key)
    follow(qualifiedName, key, path, errors)
  }
}

/** How many volumes a driver takes may change. */
const lasting = ({ allocatable: _allocatable, ...driver }: CSINode['spec']['drivers'][number]) => driver

export const csiNode = defineKind<CSINode>('storage.k8s.io', 'CSINode', {
  validate({ spec }, errors) {
    const seen = new Set<string>()
    for (const [index, driver] of (spec.drivers ?? []).entries()) {
      validateNodeDriver(driver, `spec.drivers[${index}]`, errors)
      if (seen.has(driver.name)) errors.duplicate(`spec.drivers[${index}].name`, driver.name)
      seen.add(driver.name)
    }
  },
  validateUpdate({ spec }, old, errors) {
    for (const driver of spec.drivers ?? []) {
      const before = old.spec.drivers?.find(({ name }) => name === driver.name)
      if (before) immutable(lasting(driver), lasting(before), 'spec.drivers', errors)
    }
  },
  columns: columns<CSINode>(integerColumn('Drivers', ({ spec }) => spec.drivers?.length)),
})

export const csiStorageCapacity = defineKind<CSIStorageCapacity>('storage.k8s.io', 'CSIStorageCapacity', {
  validate({ nodeTopology, storageClassName, capacity }, errors) {
    if (nodeTopology) validateSelector(nodeTopology, 'nodeTopology', errors)
    follow(dnsSubdomain, storageClassName, 'storageClassName', errors)
    if (capacity !== undefined && compareQuantities(capacity as string, '0') < 0)
      errors.invalid('capacity', capacity, 'must be greater than or equal to 0')
  },
  validateUpdate(object, old, errors) {
    immutable(object.nodeTopology, old.nodeTopology, 'nodeTopology', errors)
    immutable(object.storageClassName, old.storageClassName, 'storageClassName', errors)
  },
  // Upstream's printer is not registered with its storage: the columns of every kind are shown.
  columns: defaultColumns as Column<CSIStorageCapacity>[],
})

const ONE_SOURCE = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'

export const volumeAttachment = defineKind<VolumeAttachment>('storage.k8s.io', 'VolumeAttachment', {
  validate({ spec }, errors) {
    validateDriverName(spec.attacher, 'spec.attacher', errors)
    const { persistentVolumeName, inlineVolumeSpec } = spec.source ?? {}
    if (persistentVolumeName === undefined && !inlineVolumeSpec) errors.required('spec.source', ONE_SOURCE)
    else if (persistentVolumeName !== undefined && inlineVolumeSpec) errors.forbidden('spec.source', ONE_SOURCE)
    else if (persistentVolumeName === '')
      errors.required('spec.source.persistentVolumeName', 'must specify non empty persistentVolumeName')
    follow(dnsSubdomain, spec.nodeName ?? '', 'spec.nodeName', errors)
  },
  validateUpdate(object, old, errors) {
    if (!sameJson(object.spec, old.spec)) errors.invalid('spec', object.spec, 'field is immutable')
  },
  columns: columns<VolumeAttachment>(
    column('Attacher', ({ spec }) => spec.attacher, ''),
    column('PV', ({ spec }) => spec.source.persistentVolumeName, ''),
    column('Node', ({ spec }) => spec.nodeName, ''),
    { name: 'Attached', value: ({ status }) => String(status?.attached ?? false) },
  ),
})

export const volumeAttributesClass = defineKind<VolumeAttributesClass>('storage.k8s.io', 'VolumeAttributesClass', {
  finalizers: ['kubernetes.io/vac-protection'],
  validate(object, errors) {
    if (!object.driverName) errors.required('driverName')
    if (!Object.keys(object.parameters ?? {}).length) errors.required('parameters', 'must contain at least one key/value pair')
  },
  validateUpdate(object, old, errors) {
    if (object.driverName !== old.driverName) errors.forbidden('driverName', 'updates to driverName are forbidden.')
    if (!sameJson(object.parameters, old.parameters)) errors.forbidden('parameters', 'updates to parameters are forbidden.')
  },
  columns: columns<VolumeAttributesClass>(column('DriverName', (object) => object.driverName, '')),
})
