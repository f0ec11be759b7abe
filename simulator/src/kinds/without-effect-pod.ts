/** Of the spec of a Pod: see without-effect.ts. What a security context says is judged by Pod Security all the same. */
import type { Ineffective } from './without-effect.js'

/** Sources of volumes that nobody mounts: such a Pod waits, with an Event of its kubelet. */
export const UNMOUNTED: readonly string[] = [
  ...['awsElasticBlockStore', 'azureDisk', 'azureFile', 'cephfs', 'cinder', 'csi', 'fc', 'flexVolume', 'flocker'],
  ...['gcePersistentDisk', 'gitRepo', 'glusterfs', 'iscsi', 'nfs', 'photonPersistentDisk', 'portworxVolume', 'quobyte'],
  ...['rbd', 'scaleIO', 'storageos', 'vsphereVolume'],
]

/** Of a claim, and of a template of one. */
export const CLAIM: readonly string[] = ['dataSource', 'dataSourceRef', 'volumeAttributesClassName']

const SECURITY: readonly Ineffective[] = [
  'seLinuxOptions',
  'windowsOptions',
  'seccompProfile.localhostProfile',
  'appArmorProfile.localhostProfile',
]

const CONTAINER: readonly Ineffective[] = [
  'volumeDevices',
  ['volumeMounts[].mountPropagation', (value) => value !== 'None'],
  'env[].valueFrom.fileKeyRef',
  'lifecycle.stopSignal',
  'resources.claims',
  'securityContext.privileged',
  ['securityContext.procMount', (value) => value !== 'Default'],
]

const below = (fields: readonly Ineffective[], path: string): Ineffective[] =>
  fields.map((field) => (typeof field === 'string' ? `${path}.${field}` : [`${path}.${field[0]}`, field[1]]))

const container = (list: string): Ineffective[] => [...below(CONTAINER, list), ...below(SECURITY, `${list}.securityContext`)]

export const POD_SPEC: readonly Ineffective[] = [
  ...container('containers[]'),
  ...container('initContainers[]'),
  ...container('ephemeralContainers[]'),
  ...below(CLAIM, 'volumes[].ephemeral.volumeClaimTemplate.spec'),
  ...UNMOUNTED.map((source) => `volumes[].${source}`),
  'volumes[].projected.sources[].clusterTrustBundle',
  'volumes[].projected.sources[].podCertificate',
  ...below(SECURITY, 'securityContext'),
  'securityContext.fsGroupChangePolicy',
  'securityContext.seLinuxChangePolicy',
  ['securityContext.supplementalGroupsPolicy', (value) => value === 'Strict'],
  'hostIPC',
  ['hostUsers', (value) => value === false],
  'imagePullSecrets',
  'resourceClaims',
  'resources.claims',
  'schedulingGroup',
]
