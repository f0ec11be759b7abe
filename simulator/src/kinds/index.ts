/** Every kind with rules of its own. A kind that is not listed is served all the same, with names and metadata checked alone. */
import { appsKinds } from './apps/index.js'
import { batchKinds } from './batch/index.js'
import { coreKinds } from './core/index.js'
import type { KindRules } from './define.js'
import { otherKinds } from './other/index.js'
import { rbacKinds } from './rbac/index.js'

/** By `group/Kind`. */
export const allRules: ReadonlyMap<string, KindRules> = new Map(
  [...coreKinds, ...appsKinds, ...batchKinds, ...rbacKinds, ...otherKinds].map(({ group, kind, rules }) => [
    `${group}/${kind}`,
    rules,
  ]),
)
