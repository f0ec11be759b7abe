import { isDeepStrictEqual } from 'node:util'
import type { Deployment, Pod } from './api/json.js'

/** Names of the Pods that bear other labels than the Deployment's template gives them: what was hung onto them goes with them. */
export function relabelled(pods: readonly Pod[], { spec }: Deployment): string[] {
  const given = spec?.template.metadata?.labels ?? {}
  return pods
    .filter(({ metadata }) => {
      const { 'pod-template-hash': _, ...labels } = metadata?.labels ?? {}
      return !isDeepStrictEqual(labels, given)
    })
    .map(({ metadata }) => metadata?.name ?? '')
}
