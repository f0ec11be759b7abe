import { defineController, done } from './runtime/controller.js'

const ANNOTATION = 'node.alpha.kubernetes.io/ttl'

/** How long kubelets may keep Secrets and ConfigMaps, in seconds: longer the more nodes there are. @see ttl_controller.go: ttlBoundaries */
const BOUNDS: { nodes: number; seconds: number }[] = [
  { nodes: 100, seconds: 0 },
  { nodes: 500, seconds: 15 },
  { nodes: 1000, seconds: 30 },
  { nodes: 2000, seconds: 60 },
]
const LONGEST_SECONDS = 300

/** Models pkg/controller/ttl (v1.36). */
export const nodeTtlController = defineController({
  name: 'ttl-controller',
  reconciles: 'Node',
  async reconcile({ client, informers }, name) {
    const node = informers.get('Node', name)
    if (!node) return done
    const count = informers.list('Node').length
    const seconds = String(BOUNDS.find((bound) => count <= bound.nodes)?.seconds ?? LONGEST_SECONDS)
    if (node.metadata.annotations?.[ANNOTATION] !== seconds)
      await client.patch('Node', name, { metadata: { annotations: { [ANNOTATION]: seconds } } })
    return done
  },
})
