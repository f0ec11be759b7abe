import type { User } from '../api/request.js'
import { MASTERS } from './rbac.js'

export const AUTHENTICATED = 'system:authenticated'
export const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] }
/** The API server itself, and what stands beside it in the same process. */
export const LOOPBACK: User = { name: 'system:apiserver', groups: [MASTERS, AUTHENTICATED] }

export const authenticated = (name: string, groups: string[] = []): User => ({ name, groups: [...groups, AUTHENTICATED] })

export const serviceAccountUser = (namespace: string, name: string, uid = ''): User => ({
  name: `system:serviceaccount:${namespace}:${name}`,
  ...(uid ? { uid } : {}),
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, AUTHENTICATED],
})

/** A controller of kube-controller-manager, which runs under a ServiceAccount of its own in kube-system. */
export const controllerUser = (name: string): User => serviceAccountUser('kube-system', name)
export const nodeUser = (name: string): User => authenticated(`system:node:${name}`, ['system:nodes'])
