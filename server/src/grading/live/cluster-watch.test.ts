import type { Read } from '@wheelhouse/checkers/run'
import { FakeApiServer } from '@wheelhouse/checkers/testing'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ClusterWatch } from './cluster-watch.js'

let api: FakeApiServer
let watch: ClusterWatch
beforeEach(async () => {
  api = await FakeApiServer.start()
  watch = new ClusterWatch(api.access)
})
afterEach(async () => {
  await watch.close()
  await api.close()
})

const resource = { group: '', version: 'v1', plural: 'pods', namespaced: true }
const named = (name: string): Read => ({ resource, namespace: 'shop', name })
const labelled = (labels: string): Read => ({ resource, namespace: 'shop', labels })
const pod = (name: string, labels: Record<string, string> = {}, namespace = 'shop') => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels },
})

/** Counts what is heard; `until` waits for the event, however long it takes. */
function listener() {
  const heard = vi.fn()
  return { heard, until: (count: number) => vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(count), { timeout: 10_000 }) }
}
const watching = () => vi.waitFor(() => expect(api.watches).not.toEqual([]), { timeout: 10_000 })

test('only what was read is told, though the collection is watched once for all', async () => {
  const [web, db, all] = [listener(), listener(), listener()]
  watch.follow(named('web'), web.heard)
  watch.follow(labelled('app=db'), db.heard)
  watch.follow({ resource, namespace: 'shop' }, all.heard)
  await watching()
  expect(api.watches).toEqual(['/api/v1/namespaces/shop/pods'])
  api.put(pod('web'))
  api.put(pod('db-1', { app: 'db' }))
  api.put(pod('db-1', { app: 'db', role: 'primary' }, 'elsewhere'))
  await all.until(2)
  expect(web.heard).toHaveBeenCalledTimes(1)
  expect(db.heard).toHaveBeenCalledTimes(1)
})

test('an object that ceases to match a selector is told too, and so is one that is deleted', async () => {
  api.put(pod('db-1', { app: 'db' }))
  const db = listener()
  watch.follow(labelled('app=db'), db.heard)
  await watching()
  api.put(pod('db-1', { app: 'other' }))
  await db.until(1)
  api.put(pod('db-1', { app: 'db' }))
  await db.until(2)
  api.remove('Pod', 'shop', 'db-1')
  await db.until(3)
})

test('a watch that is cut goes on where it stopped, and tells what changed meanwhile', async () => {
  const web = listener()
  watch.follow(named('web'), web.heard)
  await watching()
  api.cutWatches()
  api.put(pod('web'))
  await vi.waitFor(() => expect(web.heard).toHaveBeenCalled(), { timeout: 10_000 })
})

test('an API server that falls silent is told, and so is its return', async () => {
  const web = listener()
  watch.follow(named('web'), web.heard)
  await watching()
  api.silent = true
  api.cutWatches()
  await web.until(1)
  api.silent = false
  await web.until(2)
  await watching()
})

test('what nobody follows any more is not watched', async () => {
  const stop = watch.follow(named('web'), () => undefined)
  await watching()
  stop()
  await vi.waitFor(() => expect(api.watches).toEqual([]), { timeout: 10_000 })
  expect(watch.unused).toBe(true)
})
