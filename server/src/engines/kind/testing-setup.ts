/** Before the tests on real clusters: is there a container engine, and which? Without one the whole run fails and says so. */
import { tmpdir } from 'node:os'
import { ThisComputer } from '../../hosts/this-computer.js'
import { ContainerCli } from './container-cli.js'

export default async function setup(): Promise<void> {
  const cli = new ContainerCli(new ThisComputer(tmpdir()), 'docker')
  const facts = await cli.facts().catch((error: unknown) => {
    throw new Error('The tests on real clusters (project "kind") did not run: no Docker engine answers.', { cause: error })
  })
  console.error(`Tests on real clusters: docker ${facts.version}, cgroup v${facts.cgroupVersion}, ${facts.cpus} cores.`)
}
