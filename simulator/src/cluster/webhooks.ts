/** Carries the question of a webhook to the Pods behind its Service. Nothing outside of the cluster is ever reached. */
import type { WebhookCall, WebhookReply } from '../admission/webhooks/round.js'
import { wholeBody } from '../containers/http-wire.js'
import { ConnectError, type HttpResponse, type TlsIdentity } from '../containers/network.js'
import { NODE_GATEWAY } from '../network/addresses.js'
import type { Fabric } from '../network/fabric.js'
import type { Service } from '../schema/kubernetes.generated.js'
import type { SimulatedCluster } from './cluster.js'

/** As Go's client says it. */
function reasonOf(error: unknown, address: string): string {
  if (!(error instanceof ConnectError)) return error instanceof Error ? error.message : String(error)
  switch (error.kind) {
    case 'refused':
      return `dial tcp ${address}: connect: connection refused`
    case 'unreachable':
      return `dial tcp ${address}: connect: no route to host`
    case 'not-tls':
      return 'http: server gave HTTP response to HTTPS client'
    case 'certificate':
      return `tls: failed to verify certificate: ${error.detail}`
    case 'reset':
    case 'unanswered':
      return 'EOF'
    default:
      return 'context deadline exceeded'
  }
}

/** The certificate must bear the Service's name and be signed by who the `caBundle` trusts. */
function certificateProblem({ names, caPem }: TlsIdentity, name: string, caBundle: string | undefined): string | undefined {
  if (!names.includes(name)) return `x509: certificate is valid for ${names.join(', ')}, not ${name}`
  const trusted = Buffer.from(caBundle ?? '', 'base64').toString()
  return caPem && trusted.includes(caPem.trim()) ? undefined : 'x509: certificate signed by unknown authority'
}

const noSuchHost = (name: string): Error => new Error(`dial tcp: lookup ${name} on ${NODE_GATEWAY}:53: no such host`)

/** @throws Error with the reason why it was not reached */
export async function callWebhook(
  cluster: SimulatedCluster,
  fabric: Fabric | undefined,
  { target, body, timeoutMs }: WebhookCall,
): Promise<WebhookReply> {
  if (target.type === 'url') throw noSuchHost(new URL(target.url).hostname)
  const service = cluster.server.context.store.get('services', `${target.namespace}/${target.name}`) as Service | undefined
  const address = service?.spec.clusterIP
  if (!address || address === 'None') throw noSuchHost(`${target.name}.${target.namespace}.svc`)
  const where = `${address}:${target.port}`
  if (!fabric) throw new Error(`dial tcp ${where}: connect: connection refused`)
  const ended = new AbortController()
  const stop = cluster.clock.after(timeoutMs, () => ended.abort())
  const name = `${target.name}.${target.namespace}.svc`
  const headers = {
    host: `${name}:${target.port}`,
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': 'kube-apiserver-admission',
  }
  try {
    const answer: HttpResponse = await fabric.http(
      address,
      target.port,
      { method: 'POST', path: `${target.path}?timeout=${timeoutMs / 1000}s`, headers, body },
      {
        from: cluster.nodes[0]?.address ?? '',
        signal: ended.signal,
        secure: true,
        verify: (identity) => certificateProblem(identity, name, target.caBundle),
      },
    )
    return { status: answer.status, body: await wholeBody(answer) }
  } catch (error) {
    throw new Error(reasonOf(error, where))
  } finally {
    stop()
  }
}
