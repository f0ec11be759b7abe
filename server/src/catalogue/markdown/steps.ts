/** A guide cut into steps at its second-level headings. */
import type { LabStepView } from '@wheelhouse/protocol'
import type { Heading, Root, RootContent } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import { visit } from 'unist-util-visit'
import { isDirective } from './directives.js'
import { parseMarkdown, type RenderOptions, renderNodes } from './render.js'

export interface GuideStep {
  id: string
  /** Whether the heading says its id itself: `## Look around {#look}`. */
  explicitId: boolean
  title: string
  /** Line of the heading, from 1. */
  line: number
  children: RootContent[]
  /** Tasks that stand in it, with the line. */
  tasks: { id: string; line: number }[]
}

export interface Guide {
  /** What stands before the first heading. It belongs to no step, so it should be empty. */
  before: RootContent[]
  steps: GuideStep[]
}

const EXPLICIT_ID = /\s*\{#([a-z0-9]+(?:-[a-z0-9]+)*)\}\s*$/

export function cutGuide(root: Root): Guide {
  const guide: Guide = { before: [], steps: [] }
  for (const node of root.children) {
    const current = guide.steps.at(-1)
    if (node.type === 'heading' && node.depth === 2) guide.steps.push(stepOf(node))
    else (current?.children ?? guide.before).push(node)
  }
  for (const step of guide.steps) step.tasks = tasksIn(step.children)
  return guide
}

function stepOf(heading: Heading): GuideStep {
  const text = textOf(heading)
  const explicit = EXPLICIT_ID.exec(text)?.[1]
  const title = text.replace(EXPLICIT_ID, '')
  return {
    id: explicit ?? slug(title),
    explicitId: explicit !== undefined,
    title,
    line: heading.position?.start.line ?? 1,
    children: [],
    tasks: [],
  }
}

/** Letters and digits of the title; empty for a title in Chinese, which takes the id of the English one. */
const slug = (title: string) =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

function tasksIn(children: RootContent[]): GuideStep['tasks'] {
  const tasks: GuideStep['tasks'] = []
  visit({ type: 'root', children } as Root, (node) => {
    if (!isDirective(node) || node.type !== 'leafDirective' || node.name !== 'task') return
    tasks.push({ id: node.attributes?.id ?? '', line: node.position?.start.line ?? 1 })
  })
  return tasks
}

/** @param options.ids ids of the English steps, in order, for those that say none themselves */
export function renderGuide(markdown: string, options: RenderOptions & { ids?: string[] }): LabStepView[] {
  const { before, steps } = cutGuide(parseMarkdown(markdown))
  return steps.map((step, index) => ({
    id: step.explicitId ? step.id : (options.ids?.[index] ?? (step.id || `step-${index + 1}`)),
    title: step.title,
    html: renderNodes(index === 0 ? [...before, ...step.children] : step.children, markdown, options),
    tasks: step.tasks.map((task) => task.id),
  }))
}
