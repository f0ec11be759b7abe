import { sameJson } from '../objects/object.js'
import { selectorOf } from '../objects/selector.js'
import type { ClusterRole, PolicyRule } from '../schema/kubernetes.generated.js'
import { defineController, done } from './runtime/controller.js'

/** Gives a ClusterRole the rules of those that its aggregation rule selects. Models pkg/controller/clusterroleaggregation (v1.36). */
export const clusterRoleAggregationController = defineController({
  name: 'clusterrole-aggregation-controller',
  reconciles: 'ClusterRole',
  watches: {
    ClusterRole: (_change, informers) =>
      informers
        .list('ClusterRole')
        .filter((role) => role.aggregationRule)
        .map((role) => role.metadata.name),
  },
  async reconcile({ client, informers }, key) {
    const role = informers.get('ClusterRole', key)
    if (!role?.aggregationRule || role.metadata.deletionTimestamp) return done
    const rules = aggregate(role, informers.list('ClusterRole'))
    if (!sameJson(rules, role.rules ?? [])) await client.patch('ClusterRole', key, { rules: rules.length > 0 ? rules : null })
    return done
  },
})

function aggregate(role: ClusterRole, all: ClusterRole[]): PolicyRule[] {
  const byName = [...all].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  const rules: PolicyRule[] = []
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const matches = selectorOf(selector)
    for (const each of byName) {
      if (each.metadata.name === role.metadata.name || !matches(each.metadata.labels)) continue
      for (const rule of each.rules ?? []) if (!rules.some((known) => sameJson(known, rule))) rules.push(rule)
    }
  }
  return rules
}
