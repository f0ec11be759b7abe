/** What the API server itself does for a kind beside storing it, by shelf of the store. */
import type { StorageHooks } from '../context.js'
import { certificateRequestHooks } from './certificate-signing-requests.js'
import { definitionHooks } from './custom-resource-definitions.js'
import { serviceHooks } from './services.js'

export const storageHooks: ReadonlyMap<string, StorageHooks> = new Map([
  ['apiextensions.k8s.io/customresourcedefinitions', definitionHooks],
  ['certificates.k8s.io/certificatesigningrequests', certificateRequestHooks],
  ['services', serviceHooks],
])
