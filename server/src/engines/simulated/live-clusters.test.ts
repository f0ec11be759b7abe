import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { freshId, specOf } from '../testing/specs.js'
import { BenchApi } from './bench/api.js'
import { LiveClusters } from './live-clusters.js'

/** Nobody listens there. */
const NOWHERE = 1

test('a port that leads elsewhere is given up for another before anybody is told of it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'wheelhouse-live-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const dialled: number[] = []
  const errors: unknown[] = []
  const clusters = await LiveClusters.start({
    directory,
    spec: specOf(freshId(), { workers: 0 }),
    dial(port) {
      dialled.push(port)
      return connect(dialled.length === 1 ? NOWHERE : port, '127.0.0.1')
    },
    onError: (where, error) => errors.push([where, error]),
  })
  onTestFinished(() => clusters.close())
  const [first, second] = dialled
  expect(dialled).toHaveLength(2)
  expect(second).not.toBe(first)
  expect(clusters.ports).toEqual([second])
  const api = new BenchApi(clusters.views[0]?.graderKubeconfig ?? '')
  onTestFinished(() => api.close())
  expect(JSON.parse(await api.ask('/version'))).toMatchObject({ major: '1' })
  expect(errors).toEqual([])
})
