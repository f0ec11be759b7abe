/** Settings and tools of kind engines in tests and benches: installations of their own over images that they share. */
import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ThisComputer } from '../../hosts/this-computer.js'
import { toolsOf } from '../../tools/index.js'
import type { KindEngine } from './kind-engine.js'
import { defaultCacheDirectory } from './make.js'
import { type ContainerProvider, DEFAULT_BOUNDS, DEFAULT_NODE_IMAGES, type KindSettings } from './settings.js'

/** All tests share one installation's images, so that they are built once: their containers and networks are told apart by id. */
export const TEST_INSTALLATION = 'testsuite'

/** The container engine under test: WHEELHOUSE_KIND_PROVIDER as for the server, Docker where it is not set. */
export const testProvider = (): ContainerProvider => (process.env.WHEELHOUSE_KIND_PROVIDER === 'podman' ? 'podman' : 'docker')

export const testSettings = (change: Partial<KindSettings> = {}): KindSettings => ({
  installation: `t${randomBytes(4).toString('hex')}`,
  imageNamespace: TEST_INSTALLATION,
  provider: testProvider(),
  // Each its own range: neither engine knows the other's networks.
  subnets: testProvider() === 'podman' ? '10.210.0.0/16' : '10.209.0.0/16',
  internet: false,
  bounds: DEFAULT_BOUNDS,
  mirror: null,
  nodeImages: DEFAULT_NODE_IMAGES,
  bakedImages: [],
  ...change,
})

export const testTools = () =>
  toolsOf({
    directory: process.env.WHEELHOUSE_TOOLS_DIRECTORY ?? null,
    cacheDirectory: process.env.WHEELHOUSE_CACHE_DIRECTORY ?? defaultCacheDirectory(process.env),
  })

/** What a kind engine is made of, for a server on this data directory. The images are those of the tests' sample labs. */
export async function kindPartsFor(
  installation: string,
  dataDirectory: string,
): Promise<ConstructorParameters<typeof KindEngine>> {
  const directory = join(dataDirectory, 'kind')
  await mkdir(directory, { recursive: true, mode: 0o700 })
  return [new ThisComputer(directory), testSettings({ installation, bakedImages: ['busybox:1.37'] }), testTools()]
}
