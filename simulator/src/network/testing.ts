/** For tests of the network: Pods that answer, and a shell line run in one of them. */
import { fromBytes } from '../containers/stream.js'
import { type LiveCluster, liveCluster, shell } from '../controllers/testing.js'
import type { Pod } from '../schema/kubernetes.generated.js'
import type { Fabric } from './fabric.js'

export interface Output {
  stdout: string
  stderr: string
  code: number
}

export interface NetworkCluster extends LiveCluster {
  /** A Pod that serves its own name on port 8080, and is ready. */
  server(
    name: string,
    options?: { namespace?: string; labels?: object; port?: number; spec?: object; container?: object },
  ): Promise<Pod>
  /** A Pod with BusyBox and curl that waits to be used. */
  caller(name: string, options?: { namespace?: string; labels?: object; spec?: object }): Promise<Pod>
  service(name: string, spec: object, namespace?: string): Promise<void>
  policy(name: string, spec: object, namespace?: string): Promise<void>
  namespace(name: string, labels?: object): Promise<void>
  readonly fabric: Fabric
  /** What a line of shell prints in a Pod of namespace `default`, or `NAMESPACE/NAME`; `seconds` pass meanwhile. */
  run(pod: string, line: string, seconds?: number): Promise<Output>
}

const CURL = 'curlimages/curl:8.15.0'

export async function networkCluster(): Promise<NetworkCluster> {
  const live = await liveCluster()
  const { client, clock, cluster } = live
  for (const image of [CURL, 'wheelhouse/app:1']) cluster.addImage(image)
  const place = async (pod: object & { metadata: { name: string; namespace: string } }): Promise<Pod> => {
    await client.create('Pod', pod as never)
    await clock.advance(1_500)
    return client.get('Pod', `${pod.metadata.namespace}/${pod.metadata.name}`)
  }
  const serving = (port: number) => `mkdir -p /tmp/www; hostname > /tmp/www/index.html; exec httpd -f -p ${port} -h /tmp/www`
  return Object.assign(live, {
    fabric: cluster.fabric,
    caller: (name, { namespace = 'default', labels = { app: name }, spec = {} } = {}) => {
      const main = { name: 'main', image: CURL, command: ['sleep', 'infinity'] }
      return place({
        metadata: { name, namespace, labels },
        spec: { terminationGracePeriodSeconds: 0, containers: [main], ...spec },
      } as never)
    },
    server: (name, { namespace = 'default', labels = { app: name }, port = 8080, spec = {}, container = {} } = {}) => {
      const main = shell(serving(port), container)
      return place({
        metadata: { name, namespace, labels },
        spec: { terminationGracePeriodSeconds: 0, containers: [main], ...spec },
      } as never)
    },
    async namespace(name, labels = {}) {
      await client.create('Namespace', { metadata: { name, labels } } as never)
      await clock.advance(500)
    },
    async service(name, spec, namespace = 'default') {
      await client.create('Service', { metadata: { name, namespace }, spec } as never)
      await clock.advance(500)
    },
    async policy(name, spec, namespace = 'default') {
      await client.create('NetworkPolicy', { metadata: { name, namespace }, spec } as never)
      await clock.advance(100)
    },
    async run(pod, line, seconds = 0) {
      const key = pod.includes('/') ? pod : `default/${pod}`
      const found = await client.get('Pod', key)
      const output: Output = { stdout: '', stderr: '', code: -1 }
      const text = (bytes: Uint8Array | string) => (typeof bytes === 'string' ? bytes : fromBytes(bytes))
      const done = cluster.connections
        .exec(
          found,
          { container: found.spec.containers[0]?.name ?? '', command: ['sh', '-c', line], stdin: false, tty: false },
          {
            onInput: () => {},
            onInputEnd: () => {},
            onResize: () => {},
            stdout: (bytes) => {
              output.stdout += text(bytes)
            },
            stderr: (bytes) => {
              output.stderr += text(bytes)
            },
            signal: new AbortController().signal,
          },
        )
        .then((code) => {
          output.code = code
        })
      if (seconds > 0) await clock.advance(seconds * 1000)
      await done
      return output
    },
  } satisfies Omit<NetworkCluster, keyof LiveCluster>)
}
