/** A kubeconfig as what a checker's process needs: server, certificates, keys; looked up here, since that process reads no files. */
import { readFileSync } from 'node:fs'
import type { ApiAccess } from '@wheelhouse/checkers/run'
import { parse } from 'yaml'

interface KubeConfig {
  'current-context'?: string
  contexts?: { name: string; context: { cluster: string; user: string } }[]
  clusters?: { name: string; cluster: Record<string, unknown> }[]
  users?: { name: string; user: Record<string, unknown> }[]
}

/**
 * @param kubeconfig YAML; its current context counts
 * @throws Error with a sentence that names what the kubeconfig lacks
 */
export async function accessOf(kubeconfig: string): Promise<ApiAccess> {
  const config = (parse(kubeconfig) ?? {}) as KubeConfig
  const name = config['current-context']
  const context = config.contexts?.find((one) => one.name === name)?.context ?? config.contexts?.[0]?.context
  if (!context) throw new Error('the kubeconfig has no context')
  const cluster = config.clusters?.find((one) => one.name === context.cluster)?.cluster
  if (!cluster) throw new Error(`the kubeconfig has no cluster "${context.cluster}"`)
  const user = config.users?.find((one) => one.name === context.user)?.user ?? {}
  if (user.exec || user['auth-provider']) return bySomeProgram(kubeconfig)
  return {
    server: String(cluster.server),
    ...given('ca', pem(cluster, 'certificate-authority')),
    ...given('serverName', cluster['tls-server-name']),
    ...given('cert', pem(user, 'client-certificate')),
    ...given('key', pem(user, 'client-key')),
    ...given('token', user.token ?? fileText(user.tokenFile)),
    ...given('username', user.username),
    ...given('password', user.password),
    ...(cluster['insecure-skip-tls-verify'] === true ? { insecure: true } : {}),
  }
}

const given = <Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> =>
  typeof value === 'string' && value !== '' ? ({ [name]: value } as Record<Name, string>) : {}

const fileText = (path: unknown) => (typeof path === 'string' ? readFileSync(path, 'utf8').trim() : undefined)

/** Either in the file as base64 (`...-data`), or a path. */
function pem(entry: Record<string, unknown>, name: string): string | undefined {
  const data = entry[`${name}-data`]
  if (typeof data === 'string') return Buffer.from(data, 'base64').toString('utf8')
  return fileText(entry[name])
}

/** A user whose credential a program makes (a cloud's login): client-node knows how. It is loaded only here, for it is large. */
async function bySomeProgram(kubeconfig: string): Promise<ApiAccess> {
  const { KubeConfig: Client } = await import('@kubernetes/client-node')
  const config = new Client()
  config.loadFromString(kubeconfig)
  const options: { headers?: Record<string, string>; ca?: unknown; cert?: unknown; key?: unknown } = {}
  await config.applyToHTTPSOptions(options as Parameters<typeof config.applyToHTTPSOptions>[0])
  const cluster = config.getCurrentCluster()
  if (!cluster) throw new Error('the kubeconfig has no cluster')
  const headers = Object.entries(options.headers ?? {}).find(([name]) => name.toLowerCase() === 'authorization')
  const text = (value: unknown) => (value === undefined || value === null ? undefined : String(value))
  return {
    server: cluster.server,
    ...given('ca', text(options.ca)),
    ...given('cert', text(options.cert)),
    ...given('key', text(options.key)),
    ...given('token', headers?.[1]?.replace(/^Bearer /, '')),
    ...(cluster.skipTLSVerify ? { insecure: true } : {}),
  }
}
