/** Nodes pull nothing during a lab, so every image that anything in it starts must be listed, and nothing else. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabSource } from '../content.js'
import { didYouMean } from '../did-you-mean.js'
import { filesIn } from '../scripts.js'
import { labsOf, type Report, type Rule, textsAt } from './rule.js'

/** On the line of an image that must not exist. */
const ON_PURPOSE = /missing on purpose/
const MENTION = /(?:(?:^|[\s{,-])image: *|--image[= ])["']?([a-z0-9][\w./-]*(?::[\w.-]+)?(?:@sha256:[0-9a-f]+)?)/

export const images: Rule = (content, report) => {
  for (const lab of labsOf(content)) labImages(lab, report)
}

function labImages(lab: LabSource, report: Report): void {
  const images = textsAt(lab, 'images')
  const listed = images.map(({ text }) => fullName(text))
  const used = new Set<string>()
  for (const path of filesOf(lab)) {
    readFileSync(path, 'utf8')
      .split('\n')
      .forEach((text, index) => {
        const image = MENTION.exec(text)?.[1]
        if (!image || ON_PURPOSE.test(text)) return
        used.add(fullName(image))
        if (listed.includes(fullName(image))) return
        const message = `"${image}" is not among the images of lab.yaml.${didYouMean(image, listed)}`
        report.at(path, index + 1, { rule: 'unknown-image', message })
      })
  }
  for (const { text: image, index } of images) {
    if (!image.includes(':')) report.in(lab, ['images', index], { rule: 'image-tag', message: `"${image}" needs a tag.` })
    if (used.has(fullName(image)) || isMentioned(lab, image)) continue
    report.in(lab, ['images', index], { rule: 'unused-image', message: `Nothing in the lab uses "${image}".` })
  }
}

const fullName = (image: string) => image.replace(/^docker\.io\/(library\/)?/, '')

const isMentioned = (lab: LabSource, image: string) => filesOf(lab).some((path) => readFileSync(path, 'utf8').includes(image))

function filesOf(lab: LabSource): string[] {
  const inTasks = lab.tasks.flatMap(({ directory }) => [
    ...['setup', 'alternatives', 'mutants'].flatMap((folder) => filesIn(join(directory, folder), '.yaml', '.yml', '.sh')),
    ...filesIn(directory, '.sh', '.md'),
  ])
  return [...filesIn(lab.directory, '.md'), ...inTasks]
}
