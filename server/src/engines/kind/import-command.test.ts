/** How images come into a node, by container engine: what is really called, with engines that only write down what they are told. */
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ThisComputer } from '../../hosts/this-computer.js'
import { temporaryFolder } from '../../testing/temporary-folder.js'
import { ContainerCli } from './container-cli.js'
import { importCommand } from './images.js'
import type { ContainerProvider } from './settings.js'

const IMAGES = [
  { image: 'nginx:1.28', local: 'nginx:1.28' },
  { image: 'wheelhouse/app:1', local: 'wheelhouse-abc/app:1-f00d' },
]

/** Runs the command on a PATH where the engine is a script. @returns its calls in their order, and what went into the import */
async function calls(program: ContainerProvider, apiVersion: string): Promise<{ calls: string[]; imported: string }> {
  const folder = temporaryFolder('engine')
  const script = `#!/bin/sh
echo "$*" >>${folder}/calls
case "$1" in
  version) echo arm64 ;;
  save) echo archive ;;
  exec) case "$*" in *' import '*) cat >${folder}/imported ;; esac ;;
esac
`
  await writeFile(join(folder, program), script)
  await chmod(join(folder, program), 0o755)
  const host = new ThisComputer(folder)
  const command = importCommand(new ContainerCli(host, program), IMAGES, { container: 'node', apiVersion, unpack: true })
  const { exitCode, stderr } = await host.run({ argv: ['sh', '-c', command], env: { PATH: `${folder}:${process.env.PATH}` } })
  expect(exitCode, stderr).toBe(0)
  const told = (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n').sort()
  return { calls: told, imported: await readFile(join(folder, 'imported'), 'utf8') }
}

const IMPORTS = [
  'exec -i node ctr -n k8s.io images import --label=io.cri-containerd.pinned=pinned --digests -',
  'exec -i node ctr -n k8s.io images rm docker.io/wheelhouse-abc/app:1-f00d',
  'exec -i node ctr -n k8s.io images tag --force docker.io/wheelhouse-abc/app:1-f00d docker.io/wheelhouse/app:1',
]

test('Docker before API 1.48 saves what it has, and never imports all platforms', async () => {
  expect(await calls('docker', '1.47')).toEqual({
    calls: [...IMPORTS, 'save nginx:1.28 wheelhouse-abc/app:1-f00d'],
    imported: 'archive\n',
  })
})

test('from API 1.48 on it saves the one platform that the engine runs on', async () => {
  expect((await calls('docker', '1.48')).calls).toEqual([
    ...IMPORTS,
    'save --platform linux/arm64 nginx:1.28 wheelhouse-abc/app:1-f00d',
    'version --format {{.Server.Arch}}',
  ])
})

test('Podman saves many images only when told so, by their full names', async () => {
  expect((await calls('podman', '5.0.0')).calls).toEqual([
    ...IMPORTS,
    'save --multi-image-archive docker.io/library/nginx:1.28 docker.io/wheelhouse-abc/app:1-f00d',
  ])
})
