/** Keeps what a cluster serves in step with its CustomResourceDefinitions. */
import type { Resources } from '../kinds/resource.js'
import type { Store } from '../storage/store.js'
import { DEFINITIONS, type Definition } from './definition.js'
import { resourcesOf } from './resource.js'

/** Follows the store for as long as the cluster lives, over restores too. */
export function followDefinitions(store: Store, resources: Resources): void {
  const follow = () => {
    resources.clearCustom()
    for (const definition of store.list(DEFINITIONS) as Definition[])
      resources.setCustom(definition.metadata.name, resourcesOf(definition))
    store.watch(DEFINITIONS, {
      since: store.revision,
      listener({ type, object }) {
        resources.setCustom(object.metadata.name, type === 'DELETED' ? [] : resourcesOf(object as Definition))
      },
      onReset: follow,
    })
  }
  follow()
}
