/** IPv4 arithmetic, and who has which addresses in a cluster. */

export const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
export const addressOf = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')

/** Whether a range such as `10.0.0.0/8` holds the address. */
export function inRange(address: string, cidr: string): boolean {
  const [base = '', length = '32'] = cidr.split('/')
  if (base.includes(':')) return false
  const size = 2 ** (32 - Number(length))
  return Math.floor(numberOf(address) / size) === Math.floor(numberOf(base) / size)
}

export const isLoopback = (address: string): boolean => address.startsWith('127.')

/** The network between the nodes: what stands outside the cluster has an address of it too. */
export const NODE_NETWORK = '172.30.0.0/16'
/** The router of the nodes' network. It answers for names outside the cluster, as a node's name server does. */
export const NODE_GATEWAY = '172.30.0.1'
export const POD_NETWORK = '10.244.0.0/16'
/** Addresses that load balancers get. */
export const LOAD_BALANCERS = { first: '172.30.255.1', last: '172.30.255.254' }
/** A computer beside the nodes, such as the learner's workstation. */
export const WORKSTATION = '172.30.254.1'

/** The bridge of a node, which its Pods see as their router: `10.244.1.1`. */
export const bridgeOf = (podRange: string): string => `${podRange}.1`
