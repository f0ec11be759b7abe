/** Ids agree with folders, are known where they are named, and stand for one thing only. */
import { didYouMean } from '../did-you-mean.js'
import { labsOf, type Rule, tasksOf } from './rule.js'

export const ids: Rule = (content, report) => {
  const seen = new Map<string, string>()
  for (const chapter of content.chapters) {
    if (chapter.manifest && chapter.manifest.id !== chapter.id) {
      report.in(chapter, ['id'], {
        rule: 'id-is-folder',
        message: `The folder is called "${chapter.id}", and the id must be the same.`,
      })
    }
  }
  for (const lab of labsOf(content)) {
    const { manifest } = lab
    if (!manifest) continue
    if (manifest.id !== lab.id) {
      report.in(lab, ['id'], { rule: 'id-is-folder', message: `The folder is called "${lab.id}", and the id must be the same.` })
    }
    if (manifest.chapter !== lab.chapter.id) {
      report.in(lab, ['chapter'], {
        rule: 'id-is-folder',
        message: `The lab stands in the folder of chapter "${lab.chapter.id}".`,
      })
    }
    const other = seen.get(manifest.id)
    if (other) report.in(lab, ['id'], { rule: 'unique-id', message: `${other} has the same id.` })
    seen.set(manifest.id, lab.yaml.file)
    const folders = lab.tasks.map((task) => task.id)
    manifest.tasks.forEach((id, index) => {
      if (folders.includes(id)) return
      const message = `There is no folder tasks/${id}.${didYouMean(id, folders)}`
      report.in(lab, ['tasks', index], { rule: 'unknown-task', message })
    })
    for (const folder of folders.filter((id) => !manifest.tasks.includes(id))) {
      report.in(lab, ['tasks'], { rule: 'unlisted-task', message: `The folder tasks/${folder} is not listed.` })
    }
  }
  for (const task of tasksOf(content)) {
    if (!task.manifest || task.manifest.id === task.id) continue
    report.in(task, ['id'], { rule: 'id-is-folder', message: `The folder is called "${task.id}", and the id must be the same.` })
  }
}
