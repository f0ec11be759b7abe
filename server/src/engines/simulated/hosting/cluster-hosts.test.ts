import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import { environmentId } from '@wheelhouse/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { specOf } from '../../contract.js'
import { ClusterHosts } from './cluster-hosts.js'

let directory: string
let hosts: ClusterHosts
let heard: string[]
/** Resolves when the host has told of as many errors. */
let hear: () => void = () => undefined

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wheelhouse-hosts-'))
  heard = []
  hosts = new ClusterHosts((where) => {
    heard.push(where)
    hear()
  })
})
afterEach(async () => {
  await hosts.close()
  await rm(directory, { recursive: true, force: true })
})

function apiOf(kubeconfig: string): CoreV1Api {
  const config = new KubeConfig()
  config.loadFromString(kubeconfig)
  return config.makeApiClient(CoreV1Api)
}
const bring = (id: string) => hosts.bring(directory, specOf(environmentId(id), { workers: 1 }))

test('a process of clusters that is killed loses nothing: they go on in another, under the same kubeconfig', async () => {
  const clusters = await bring('env1')
  const api = apiOf(clusters.views[0]?.graderKubeconfig ?? '')
  await api.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name: 'kept' }, data: { text: 'one' } } })

  const lost = new Promise<void>((resolve) => {
    hear = resolve
  })
  process.kill(hosts.pids[0] ?? 0, 'SIGKILL')
  await lost
  // Asked of the new process, it is answered when the clusters are there again.
  const again = await bring('env1')
  expect(again.views[0]?.graderKubeconfig).toContain(new URL(serverOf(clusters.views[0]?.graderKubeconfig ?? '')).host)
  expect((await api.readNamespacedConfigMap({ namespace: 'default', name: 'kept' })).data).toEqual({ text: 'one' })
  expect(heard).toEqual(['cluster process'])
})

test('a checkpoint that nobody took is not found, one that was taken brings back what was', async () => {
  const clusters = await bring('env1')
  await expect(clusters.restore(join(directory, 'c9'))).rejects.toThrow('not every cluster')
  await clusters.checkpoint(join(directory, 'c1'))
  const api = apiOf(clusters.views[0]?.graderKubeconfig ?? '')
  await api.createNamespace({ body: { metadata: { name: 'later' } } })
  await clusters.restore(join(directory, 'c1'))
  await expect(api.readNamespace({ name: 'later' })).rejects.toMatchObject({ code: 404 })
})

const serverOf = (kubeconfig: string): string => /server: (\S+)/.exec(kubeconfig)?.[1] ?? ''
