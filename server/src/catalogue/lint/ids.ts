/** Ids agree with folders, are known where they are named, and stand for one thing only. */

import type { LabSource } from '../content.js'
import { didYouMean } from '../did-you-mean.js'
import { labsOf, type Report, type Rule, tasksOf, textAt, textsAt } from './rule.js'

export const ids: Rule = (content, report) => {
  const seen = new Map<string, string>()
  for (const source of [...content.chapters, ...labsOf(content), ...tasksOf(content)]) {
    const id = textAt(source, 'id')
    if (id === undefined || id === source.id) continue
    const message = `The folder is called "${source.id}", and the id must be the same.`
    report.in(source, ['id'], { rule: 'id-is-folder', message })
  }
  for (const lab of labsOf(content)) {
    const chapter = textAt(lab, 'chapter')
    if (chapter !== undefined && chapter !== lab.chapter.id) {
      const message = `The lab stands in the folder of chapter "${lab.chapter.id}".`
      report.in(lab, ['chapter'], { rule: 'id-is-folder', message })
    }
    const id = textAt(lab, 'id')
    const other = id && seen.get(id)
    if (other) report.in(lab, ['id'], { rule: 'unique-id', message: `${other} has the same id.` })
    if (id) seen.set(id, lab.yaml.file)
    taskFolders(lab, report)
  }
}

function taskFolders(lab: LabSource, report: Report): void {
  const folders = lab.tasks.map((task) => task.id)
  const listed = textsAt(lab, 'tasks')
  for (const { text, index } of listed) {
    if (folders.includes(text)) continue
    const message = `There is no folder tasks/${text}.${didYouMean(text, folders)}`
    report.in(lab, ['tasks', index], { rule: 'unknown-task', message })
  }
  for (const folder of folders.filter((id) => !listed.some(({ text }) => text === id))) {
    report.in(lab, ['tasks'], { rule: 'unlisted-task', message: `The folder tasks/${folder} is not listed.` })
  }
}
