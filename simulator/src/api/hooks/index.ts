/** What the API server itself does for a kind beside storing it, by shelf of the store. */
import type { StorageHooks } from '../context.js'
import { serviceHooks } from './services.js'

export const storageHooks: ReadonlyMap<string, StorageHooks> = new Map([['services', serviceHooks]])
