/** What the API server itself does for a kind beside storing it, by shelf of the store. */
import type { StorageHooks } from '../context.js'
import { apiServiceHooks } from './api-services.js'
import { certificateRequestHooks } from './certificate-signing-requests.js'
import { definitionHooks } from './custom-resource-definitions.js'
import { leaseHooks } from './leases.js'
import { serviceHooks } from './services.js'

export const storageHooks: ReadonlyMap<string, StorageHooks> = new Map([
  ['apiextensions.k8s.io/customresourcedefinitions', definitionHooks],
  ['apiregistration.k8s.io/apiservices', apiServiceHooks],
  ['certificates.k8s.io/certificatesigningrequests', certificateRequestHooks],
  ['coordination.k8s.io/leases', leaseHooks],
  ['services', serviceHooks],
])
