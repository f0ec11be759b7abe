import { afterAll, beforeAll, expect, test } from 'vitest'
import { LABEL, labelFlags, ofInstallation } from './labels.js'
import { removeContainers } from './remove-containers.js'
import { type KindUnderTest, kindUnderTest } from './testing.js'

const FROZEN = `
mkdir /sys/fs/cgroup/freezer/held
sleep 1000 &
echo $! >/sys/fs/cgroup/freezer/held/tasks
echo FROZEN >/sys/fs/cgroup/freezer/held/freezer.state
echo frozen
wait`

let under: KindUnderTest
beforeAll(async () => {
  under = await kindUnderTest()
})
afterAll(() => under.remove())

test('a container with a frozen process is removed all the same', async ({ skip }) => {
  const { cli } = under.engine
  const { cgroupVersion } = await cli.facts()
  skip(cgroupVersion === 2, 'on cgroup v2 a frozen process can be killed')
  const installation = under.settings.installation
  const flags = ['-d', '--privileged', '--network=none', ...labelFlags({ [LABEL.installation]: installation })]
  const id = (await cli.run(['run', ...flags, 'busybox:1.37', 'sh', '-c', FROZEN])).trim()
  await expect.poll(() => cli.run(['logs', id]), { timeout: 20_000 }).toContain('frozen')
  await removeContainers(cli, [id])
  expect(await cli.containers(ofInstallation(installation))).toEqual([])
})
