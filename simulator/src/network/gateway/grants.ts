/** What is in another namespace wants that namespace's leave. @see ReferenceGrant */
import { GATEWAY_GROUP, type ReferenceGrant } from './kinds.js'

export interface Reference {
  /** Always a kind of the Gateway API. */
  from: { kind: string; namespace: string }
  /** Always a kind of the core group. */
  to: { kind: 'Service' | 'Secret'; namespace: string; name: string }
}

export const grants = (allowed: ReferenceGrant[], { from, to }: Reference): boolean =>
  from.namespace === to.namespace ||
  allowed.some(
    ({ metadata, spec }) =>
      metadata.namespace === to.namespace &&
      spec.from.some((each) => each.group === GATEWAY_GROUP && each.kind === from.kind && each.namespace === from.namespace) &&
      spec.to.some((each) => each.group === '' && each.kind === to.kind && (!each.name || each.name === to.name)),
  )
