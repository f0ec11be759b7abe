import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { formatProblem } from '../problem.js'
import { lint } from './lint.js'

const house = fileURLToPath(new URL('../../../..', import.meta.url))
const root = mkdtempSync(join(tmpdir(), 'wheelhouse-lint-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const MANY_MISTAKES = `id: first-labs
chapter: 02-clusters
title: { en: Write your first files }
summary: { en: Two small files., zh: 两个小文件。 }
minutes: soon
needs: apis
cluster: { workers: 99, controlPlanes: 2 }
images: [ "nginx" ]
imagez: []
tasks: [ greeting, counting ]
`

describe('wheelhouse lint', () => {
  test('finds nothing in the labs of the house', async () => {
    const { problems, labs, tasks } = await lint({ root: house })
    expect(problems.map(formatProblem)).toEqual([])
    expect(labs).toBeGreaterThanOrEqual(9)
    expect(tasks).toBeGreaterThanOrEqual(2 * labs)
  })

  test('names every mistake of a lab.yaml at once, each with its line', async () => {
    cpSync(join(house, 'e2e/content'), root, { recursive: true })
    const lab = join(root, 'labs/chapters/01-files/first-files/lab.yaml')
    writeFileSync(lab, MANY_MISTAKES)
    const { problems } = await lint({ root })
    const file = 'labs/chapters/01-files/first-files/lab.yaml:'
    const found = problems.map(formatProblem).filter((line) => line.startsWith(file))
    expect(found.map((line) => line.slice(file.length))).toEqual([
      '1:1: "source" is missing. (schema)',
      '1:5: The folder is called "first-files", and the id must be the same. (id-is-folder)',
      '2:10: The lab stands in the folder of chapter "01-files". (id-is-folder)',
      '3:8: title: "zh" is missing. (schema)',
      '5:10: minutes: must be integer; found "soon". (schema)',
      '6:8: needs: "apis" is none of api, pods, network, nodes, addons. Did you mean "api"? (schema)',
      '7:21: cluster.workers: must be <= 5; found 99. (schema)',
      '7:40: cluster.controlPlanes: 2 is none of 1, 3. (schema)',
      '8:11: "nginx" needs a tag. (image-tag)',
      '8:11: Nothing in the lab uses "nginx". (unused-image)',
      '9:1: "imagez" is not a key of the format. Did you mean "images"? (schema)',
      '10:8: The folder tasks/count is not listed. (unlisted-task)',
      '10:20: There is no folder tasks/counting. Did you mean "count"? (unknown-task)',
    ])
  })
})
