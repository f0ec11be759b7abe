/** `::task{id=...}` places a task; `:::note`, `:::tip` and `:::warning` are asides. Any other colon was meant as a colon. */
import type { Code, Root, RootContent, Text } from 'mdast'
import type { ContainerDirective, LeafDirective, TextDirective } from 'mdast-util-directive'
import { SKIP, visit } from 'unist-util-visit'
import type { RenderOptions } from './render.js'

type Directive = ContainerDirective | LeafDirective | TextDirective

export const ASIDES = {
  note: { en: 'Note', zh: '注意' },
  tip: { en: 'Tip', zh: '提示' },
  warning: { en: 'Careful', zh: '小心' },
} as const

export const isDirective = (node: { type: string }): node is Directive =>
  node.type === 'containerDirective' || node.type === 'leafDirective' || node.type === 'textDirective'

export function directives(root: Root, markdown: string, options: RenderOptions): void {
  visit(root, (node, index, parent) => {
    if (node.type === 'code') markCode(node, options)
    if (!isDirective(node) || parent === undefined || index === undefined) return undefined
    if (node.type === 'leafDirective' && node.name === 'task') placeTask(node)
    else if (node.type === 'containerDirective' && node.name in ASIDES) aside(node, options)
    else {
      parent.children[index] = asWritten(node, markdown) as RootContent
      return [SKIP, index + 1]
    }
    return undefined
  })
}

/** ` ```sh run machine=node01 `: what stands after the language travels in attributes that only this pipeline can set. */
function markCode(node: Code, { machine }: RenderOptions): void {
  const words = (node.meta ?? '').split(/\s+/)
  const named = words.find((word) => word.startsWith('machine='))?.slice('machine='.length)
  node.data = {
    hProperties: {
      dataLanguage: node.lang ?? '',
      ...(words.includes('run') ? { dataRun: 'yes', dataMachine: named ?? machine } : {}),
    },
  }
}

function placeTask(node: LeafDirective): void {
  node.data = { hName: 'div', hProperties: { dataTask: node.attributes?.id ?? '' } }
  node.children = []
}

function aside(node: ContainerDirective, { language }: RenderOptions): void {
  const kind = node.name as keyof typeof ASIDES
  node.data = { hName: 'aside', hProperties: { className: ['aside', `aside-${kind}`] } }
  const title: Text = { type: 'text', value: ASIDES[kind][language] }
  node.children.unshift({ type: 'paragraph', data: { hProperties: { className: ['aside-title'] } }, children: [title] })
}

/** `nginx:latest` in a sentence parses as a directive; it is put back as text. */
function asWritten(node: Directive, markdown: string): Text {
  const { start, end } = node.position ?? {}
  return { type: 'text', value: markdown.slice(start?.offset ?? 0, end?.offset ?? 0) }
}
