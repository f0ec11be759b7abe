/** The name server beside the nodes, which they use and CoreDNS asks: it knows the nodes by name, and nothing of the outside. */
import type { Informers } from '../controllers/runtime/informer.js'
import { NODE_GATEWAY } from './addresses.js'
import { pack, type Response, response, unpackQuestion } from './dns/message.js'
import type { Endpoint } from './fabric.js'

function answer(informers: Informers, name: string, type: string): Response {
  const node = informers.list('Node').find(({ metadata }) => `${metadata.name}.` === name)
  const address = node?.status?.addresses?.find((each) => each.type === 'InternalIP')?.address
  if (!address) return response('NXDOMAIN')
  return response('NOERROR', { answers: type === 'A' ? [{ name, type: 'A', ttl: 600, data: address }] : [] })
}

export function nodeResolver(informers: Informers): Endpoint {
  const handler = (data: string) => {
    const question = unpackQuestion(data)
    return question && pack(answer(informers, question.name, question.type))
  }
  return { address: NODE_GATEWAY, node: '', tcp: new Map(), udp: new Map([[53, { handler, program: '' }]]) }
}
