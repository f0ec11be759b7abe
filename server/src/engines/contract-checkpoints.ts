/** The part of the contract about kept states: going back to one, and beginning another environment from one. */
import { ApiClient, builtInKind } from '@wheelhouse/checkers/run'
import { checkpointId, type EnvironmentId } from '@wheelhouse/protocol'
import { expect, test } from 'vitest'
import { accessOf } from '../grading/access.js'
import type { Engine, EngineCapabilities, Environment } from './engine.js'
import { specOf } from './testing/specs.js'

interface CheckpointContractParts {
  engine: () => { engine: Engine; again: () => Promise<Engine>; can: EngineCapabilities; shared: Environment }
  newId: () => EnvironmentId
  timeout: number
  hasClusters: boolean
}

export function checkpointContract({ engine: under, newId, timeout, hasClusters }: CheckpointContractParts): void {
  test('where states cannot be kept, that is refused', async ({ skip }) => {
    const { engine, can, shared } = under()
    skip(can.checkpoints, 'they can')
    const refused = { code: 'ENGINE_UNSUPPORTED' }
    await expect(engine.checkpoint(shared.id)).rejects.toMatchObject(refused)
    await expect(engine.restore(shared.id, checkpointId('c'))).rejects.toMatchObject(refused)
    const from = { environment: shared.id, checkpoint: checkpointId('c') }
    await expect(engine.provision({ ...specOf(newId()), from })).rejects.toMatchObject(refused)
    expect(await engine.checkpoints(shared.id)).toEqual([])
  })

  test(
    'a kept state comes back whole, with nothing of what came later, and another environment begins from it',
    async ({ skip }) => {
      const { engine, again, can, shared } = under()
      skip(!can.checkpoints, 'the engine keeps no states')
      const sh = shellIn(shared, timeout)
      await sh('mkdir -p ~/notes && echo before > ~/notes/file && chmod 640 ~/notes/file')
      await change(shared, hasClusters, 'before')
      const checkpoint = await engine.checkpoint(shared.id, { why: 'a test' })
      await sh('echo after > ~/notes/file; echo new > ~/later; mkdir ~/later-folder; rm -rf ~/.kube')
      await change(shared, hasClusters, 'later')

      await engine.restore(shared.id, checkpoint)
      expect(await sh('cat ~/notes/file; ls -l ~/notes/file')).toMatch(/^before\n-rw-r-----/)
      expect(await sh('ls ~')).not.toContain('later')
      expect(await namesOf(shared, hasClusters)).toEqual(hasClusters ? ['before'] : [])

      const other = await again()
      expect(await other.checkpoints(shared.id)).toMatchObject([{ id: checkpoint, note: { why: 'a test' } }])
      await other.close()
      await expect(engine.restore(shared.id, checkpointId('none'))).rejects.toMatchObject({ code: 'NOT_FOUND' })

      await forks({ engine, shared, checkpoint, newId, timeout, hasClusters })
      await engine.dropCheckpoint(shared.id, checkpoint)
      await engine.dropCheckpoint(shared.id, checkpoint)
      expect(await engine.checkpoints(shared.id)).toEqual([])
      await expect(engine.restore(shared.id, checkpoint)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    },
    2 * timeout,
  )
}

async function forks({
  engine,
  shared,
  checkpoint,
  newId,
  timeout,
  hasClusters,
}: Omit<CheckpointContractParts, 'engine'> & {
  engine: Engine
  shared: Environment
  checkpoint: ReturnType<typeof checkpointId>
}): Promise<void> {
  const spec = { ...specOf(newId(), { workers: 1 }), from: { environment: shared.id, checkpoint } }
  const fork = await engine.provision(spec)
  expect(await shellIn(fork, timeout)('cat ~/notes/file; echo fork > ~/notes/file')).toBe('before\n')
  expect(await namesOf(fork, hasClusters)).toEqual(hasClusters ? ['before'] : [])
  await change(fork, hasClusters, 'fork')
  expect(await shellIn(shared, timeout)('cat ~/notes/file')).toBe('before\n')
  expect(await namesOf(shared, hasClusters)).toEqual(hasClusters ? ['before'] : [])
  await engine.destroy(fork.id)
  const gone = { ...specOf(newId()), from: { environment: fork.id, checkpoint } }
  await expect(engine.provision(gone)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(await engine.inspect(gone.id)).toBe('absent')
}

const shellIn = (environment: Environment, timeoutMs: number) => async (script: string) => {
  const argv = ['sh', '-c', script] as const
  return (await environment.run({ machine: 'base', user: 'candidate', argv, timeoutMs })).stdout
}

/** A ConfigMap of that name in the environment's cluster. */
async function change(environment: Environment, hasClusters: boolean, name: string): Promise<void> {
  if (!hasClusters) return
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `contract-${name}` } }
  await inCluster(environment, (client, resource) => client.create(resource, 'default', body))
}

async function namesOf(environment: Environment, hasClusters: boolean): Promise<string[]> {
  if (!hasClusters) return []
  const found = await inCluster(environment, (client, resource) =>
    client.list<{ metadata: { name: string } }>(resource, { namespace: 'default' }),
  )
  return found.flatMap(({ metadata: { name } }) => (name.startsWith('contract-') ? name.slice('contract-'.length) : []))
}

async function inCluster<T>(
  { clusters }: Environment,
  work: (client: ApiClient, resource: NonNullable<ReturnType<typeof builtInKind>>) => Promise<T>,
): Promise<T> {
  const resource = builtInKind('ConfigMap')
  if (!resource) throw new Error('the table of kinds has no ConfigMap')
  const client = new ApiClient(await accessOf(clusters[0]?.graderKubeconfig ?? ''))
  return work(client, resource).finally(() => client.close())
}
