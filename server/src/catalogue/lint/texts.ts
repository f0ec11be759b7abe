/** The texts of both languages are there, have the same steps and the same commands, and place every task once. */
import { join } from 'node:path'
import { LANGUAGES, type Language } from '@wheelhouse/protocol'
import type { Code, Link, Root, RootContent } from 'mdast'
import { visit } from 'unist-util-visit'
import type { LabSource, TaskSource } from '../content.js'
import { didYouMean } from '../did-you-mean.js'
import { ASIDES, isDirective } from '../markdown/directives.js'
import { CODE_LANGUAGES } from '../markdown/highlight.js'
import { parseMarkdown } from '../markdown/render.js'
import { cutGuide, type Guide } from '../markdown/steps.js'
import { labsOf, machinesOf, type Report, type Rule, readIfThere, tasksOf } from './rule.js'

export const texts: Rule = (content, report) => {
  for (const lab of labsOf(content)) guides(lab, report)
  for (const task of tasksOf(content)) taskTexts(task, report)
}

interface Text {
  path: string
  nodes: RootContent[]
}

function taskTexts(task: TaskSource, report: Report): void {
  for (const language of LANGUAGES) {
    const path = join(task.directory, `task.${language}.md`)
    const text = readIfThere(path)
    if (text === undefined || text.trim() === '') report.in(task, [], missing(`task.${language}.md`))
    else nodes({ path, nodes: parseMarkdown(text).children }, task.lab, report)
  }
  const explained = LANGUAGES.filter((language) => readIfThere(join(task.directory, `solution.${language}.md`)) !== undefined)
  if (explained.length !== 1) return
  const other = LANGUAGES.find((language) => !explained.includes(language))
  report.in(task, [], missing(`solution.${other}.md`))
}

const missing = (file: string) => ({ rule: 'missing-text', message: `There is no ${file}, or it is empty.` })

function guides(lab: LabSource, report: Report): void {
  const found = new Map<Language, { path: string; guide: Guide }>()
  for (const language of LANGUAGES) {
    const path = join(lab.directory, `guide.${language}.md`)
    const text = readIfThere(path)
    if (text === undefined || text.trim() === '') {
      report.in(lab, [], missing(`guide.${language}.md`))
      continue
    }
    const root = parseMarkdown(text)
    const guide = cutGuide(root)
    found.set(language, { path, guide })
    nodes({ path, nodes: root.children }, lab, report)
    placement({ path, guide }, lab, report)
  }
  const [english, chinese] = [found.get('en'), found.get('zh')]
  if (english && chinese) compare(english, chinese, report)
}

function placement({ path, guide }: { path: string; guide: Guide }, { manifest }: LabSource, report: Report): void {
  if (guide.steps.length === 0)
    report.at(path, 1, { rule: 'guide-steps', message: 'A guide needs steps: headings that begin with "## ".' })
  if (guide.before.length > 0) {
    report.at(path, 1, { rule: 'guide-steps', message: 'Text before the first "## " heading belongs to no step.' })
  }
  const placed = guide.steps.flatMap((step) => step.tasks)
  const tasks = manifest?.tasks ?? []
  for (const { id, line } of placed) {
    if (manifest && !tasks.includes(id)) {
      report.at(path, line, { rule: 'guide-tasks', message: `The lab has no task "${id}".${didYouMean(id, tasks)}` })
    }
    if (placed.find((other) => other.id === id)?.line !== line) {
      report.at(path, line, { rule: 'guide-tasks', message: `Task "${id}" is placed twice.` })
    }
  }
  for (const id of tasks.filter((task) => !placed.some((one) => one.id === task))) {
    report.at(path, 1, {
      rule: 'guide-tasks',
      message: `Task "${id}" is not placed: write ::task{id=${id}} on a line of its own.`,
    })
  }
}

/** Step by step: as many, the same ids where they are said, the same tasks, the same commands to run. */
function compare(english: { path: string; guide: Guide }, chinese: { path: string; guide: Guide }, report: Report): void {
  const [en, zh] = [english.guide.steps, chinese.guide.steps]
  if (en.length !== zh.length) {
    const message = `${zh.length} steps here, ${en.length} in guide.en.md.`
    report.at(chinese.path, 1, { rule: 'same-steps', message })
    return
  }
  const ids = new Set<string>()
  en.forEach((step, index) => {
    const other = zh[index]
    if (!other) return
    if (step.id === '')
      report.at(english.path, step.line, { rule: 'same-steps', message: 'This heading makes no id: add {#id}.' })
    if (ids.has(step.id))
      report.at(english.path, step.line, { rule: 'same-steps', message: `Two steps have the id "${step.id}".` })
    ids.add(step.id)
    if (other.explicitId && other.id !== step.id) {
      report.at(chinese.path, other.line, {
        rule: 'same-steps',
        message: `The id is "${other.id}" here and "${step.id}" in guide.en.md.`,
      })
    }
    const [tasks, otherTasks] = [step, other].map((one) => one.tasks.map((task) => task.id).join(', '))
    if (tasks !== otherTasks) {
      const message = `This step places ${otherTasks || 'no task'}, in guide.en.md ${tasks || 'none'}.`
      report.at(chinese.path, other.line, { rule: 'same-steps', message })
    }
    const [commands, otherCommands] = [runnable(step.children), runnable(other.children)]
    const different = otherCommands.findIndex((command, at) => command.value !== commands[at]?.value)
    if (commands.length !== otherCommands.length || different >= 0) {
      const line = otherCommands[Math.max(different, 0)]?.position?.start.line ?? other.line
      report.at(chinese.path, line, { rule: 'same-commands', message: 'The commands to run differ from those in guide.en.md.' })
    }
  })
}

function runnable(children: RootContent[]): Code[] {
  const found: Code[] = []
  visit({ type: 'root', children }, 'code', (node) => {
    if (isRunnable(node)) found.push(node)
  })
  return found
}
const isRunnable = (node: Code) => (node.meta ?? '').split(/\s+/).includes('run')

function nodes(text: Text, lab: LabSource, report: Report): void {
  const root: Root = { type: 'root', children: text.nodes }
  visit(root, (node) => {
    const line = node.position?.start.line ?? 1
    const say = (rule: string, message: string) => report.at(text.path, line, { rule, message })
    if (node.type === 'code') code(node, lab, say)
    if (node.type === 'link') link(node, say)
    if (node.type === 'html') say('raw-html', 'HTML is not shown: write Markdown.')
    if (node.type === 'image') say('images', 'Images are not shown.')
    if (!isDirective(node) || node.type === 'textDirective') return
    const known = node.type === 'leafDirective' ? ['task'] : Object.keys(ASIDES)
    if (!known.includes(node.name))
      say('unknown-directive', `"${node.name}" is none of ${known.join(', ')}.${didYouMean(node.name, known)}`)
  })
}

type Say = (rule: string, message: string) => void

function code(node: Code, lab: LabSource, say: Say): void {
  if (node.lang && !CODE_LANGUAGES.includes(node.lang)) {
    say('code-language', `"${node.lang}" is none of ${CODE_LANGUAGES.join(', ')}.${didYouMean(node.lang, CODE_LANGUAGES)}`)
  }
  const words = (node.meta ?? '').split(/\s+/).filter((word) => word !== '')
  const unknown = words.find((word) => word !== 'run' && !word.startsWith('machine='))
  if (unknown) say('code-words', `"${unknown}" means nothing here; "run" and "machine=NAME" do.${didYouMean(unknown, ['run'])}`)
  const machine = words.find((word) => word.startsWith('machine='))?.slice('machine='.length)
  const machines = machinesOf(lab)
  if (machine && lab.manifest && !machines.includes(machine)) {
    say('unknown-machine', `The lab has no machine "${machine}"; it has ${machines.join(', ')}.`)
  }
}

function link({ url }: Link, say: Say): void {
  if (!/^https?:\/\/\S+\.\S+/.test(url)) say('links', `"${url}" leads nowhere: a link needs a whole address with https://.`)
}
