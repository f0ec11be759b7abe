/** Before the tests on real clusters: is there a container engine, and which? Without one the run fails and names what it did not run. */
import { tmpdir } from 'node:os'
import { relative } from 'node:path'
import type { TestProject } from 'vitest/node'
import { ThisComputer } from '../../hosts/this-computer.js'
import { ContainerCli } from './container-cli.js'
import { testProvider } from './testing-installation.js'

export default async function setup(project: TestProject): Promise<void> {
  const cli = new ContainerCli(new ThisComputer(tmpdir()), testProvider())
  const facts = await cli.facts().catch(async (error: unknown) => {
    const { testFiles } = await project.globTestFiles()
    const files = testFiles.map((file) => `  - ${relative(process.cwd(), file)}`).sort()
    throw new Error(
      `No container engine (${cli.program}) answers, so these tests on real clusters did not run:\n${files.join('\n')}`,
      {
        cause: error,
      },
    )
  })
  console.error(`Tests on real clusters: ${cli.program} ${facts.version}, cgroup v${facts.cgroupVersion}, ${facts.cpus} cores.`)
}
