import { defineController, done } from './runtime/controller.js'

/** The range of all Pods, as kubeadm is told by kind; each node has 256 addresses of it. */
const CLUSTER_RANGE = '10.244'
const MOST_NODES = 256

/** Gives a node the addresses of its Pods, where it came without. Models pkg/controller/nodeipam (v1.36), the range allocator. */
export const nodeIpamController = defineController({
  name: 'node-controller',
  reconciles: 'Node',
  async reconcile({ client, informers, events }, name) {
    const node = informers.get('Node', name)
    if (!node || node.spec.podCIDR || node.metadata.deletionTimestamp) return done
    const taken = new Set(informers.list('Node').map(({ spec }) => spec.podCIDR))
    const ranges = Array.from({ length: MOST_NODES }, (_, index) => `${CLUSTER_RANGE}.${index}.0/24`)
    const range = ranges.find((each) => !taken.has(each))
    if (!range) {
      const message = `Node ${name} status is now: CIDRNotAvailable`
      events.record(node, { type: 'Normal', reason: 'CIDRNotAvailable', message })
      return done
    }
    await client.patch('Node', name, { spec: { podCIDR: range, podCIDRs: [range] } })
    return done
  },
})
