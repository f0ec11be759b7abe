/** Removes everything that an installation made on the container engine, found by its label; nothing else is touched. */
import type { ContainerCli } from './container-cli.js'
import { builtImages } from './images.js'
import { ofInstallation } from './labels.js'
import { applyRules, unguardRules } from './network.js'
import { removeContainers, removeVolumes } from './remove-containers.js'
import type { KindSettings } from './settings.js'

export interface Cleaned {
  containers: string[]
  networks: string[]
  images: string[]
}

/** What `cleanInstallation` would remove. */
export async function findInstallation(cli: ContainerCli, settings: KindSettings): Promise<Cleaned> {
  const filters = ofInstallation(settings.installation)
  const [containers, networks, images] = await Promise.all([
    cli.containers(filters),
    cli.networks(filters),
    builtImages(cli, settings),
  ])
  const namesOf = (found: { name: string }[]) => found.map(({ name }) => name)
  return { containers: namesOf(containers), networks: namesOf(networks), images }
}

/** @param what.images  whether the images that were built go too; they are found again, or built again, otherwise */
export async function cleanInstallation(cli: ContainerCli, settings: KindSettings, what: { images: boolean }): Promise<Cleaned> {
  const environments = await cli.environments(settings.installation)
  const found = await findInstallation(cli, settings)
  const rules = await imageWithRules(cli, found)
  await removeContainers(cli, found.containers)
  await removeVolumes(cli, ofInstallation(settings.installation))
  if (found.networks.length > 0) await cli.run(['network', 'rm', ...found.networks])
  if (rules && environments.length > 0) await applyRules(cli, rules, unguardRules(environments), settings.installation)
  if (!what.images) return { ...found, images: [] }
  for (const image of found.images) await cli.run(['image', 'rm', '-f', image])
  return found
}

/** An image of ours with the program that sets rules; where all have lost their names, the one that a machine runs. */
async function imageWithRules(cli: ContainerCli, { images, containers }: Cleaned): Promise<string | undefined> {
  const named = images.find((image) => /\/(machine|node):/.test(image))
  if (named) return named
  const base = containers.find((name) => name.endsWith('-base'))
  return base && (await cli.run(['inspect', '--format', '{{.Image}}', base])).trim()
}
