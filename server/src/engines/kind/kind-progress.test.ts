import { expect, test } from 'vitest'
import { kindProgress } from './kind-progress.js'

/** What kind 0.33 printed for a control plane and a worker. */
const OUTPUT = `Creating cluster "wh-abc" ...
 • Ensuring node image (kindest/node:v1.36.2) 🖼  ...
 ✓ Ensuring node image (kindest/node:v1.36.2) 🖼
 • Preparing nodes 📦 📦   ...
 ✓ Preparing nodes 📦 📦
 • Writing configuration 📜  ...
 ✓ Writing configuration 📜
 • Starting control-plane 🕹️  ...
 ✓ Starting control-plane 🕹️
 • Installing CNI 🔌  ...
 ✓ Installing CNI 🔌
 • Installing StorageClass 💾  ...
 ✓ Installing StorageClass 💾
 • Joining worker nodes 🚜  ...
 ✓ Joining worker nodes 🚜
`

test.each([1, 7, 4096])('finds each step once, in portions of %i characters', (size) => {
  const steps: string[] = []
  const feed = kindProgress((step) => steps.push(step))
  for (let at = 0; at < OUTPUT.length; at += size) feed(OUTPUT.slice(at, at + size))
  expect(steps).toEqual(['machines', 'control-plane', 'join'])
})
