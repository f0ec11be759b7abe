/** Where a line of Chinese ends in the source and goes on in the next one, nothing stands between: Chinese has no spaces there. */
import type { Parents, Root, RootContent } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import { visit } from 'unist-util-visit'

const WIDE = /^[\p{Script=Han}\u3000-\u303f\uff00-\uffef“”‘’…—]$/u
/** Punctuation that brings its own air along: whatever follows needs no space. */
const AIRY = /^[，。；：、！？）」』]$/u
const BREAK = /[ \t]*\n[ \t]*/g

export function joinWideLines(root: Root): void {
  visit(root, 'text', (node, index, parent) => {
    if (!node.value.includes('\n')) return
    const before = lastOf(siblingOf(parent, index, -1))
    const after = firstOf(siblingOf(parent, index, 1))
    node.value = node.value.replace(BREAK, (found, at: number, whole: string) => {
      const left = lastOf(whole.slice(0, at)) ?? before
      const right = firstOf(whole.slice(at + found.length)) ?? after
      return AIRY.test(left ?? '') || (WIDE.test(left ?? '') && WIDE.test(right ?? '')) ? '' : '\n'
    })
  })
}

/** The words beside a text; inline code keeps its distance. */
function siblingOf(parent: Parents | undefined, index: number | undefined, step: 1 | -1): string {
  const sibling: RootContent | undefined = parent?.children[(index ?? 0) + step]
  return sibling && sibling.type !== 'inlineCode' ? textOf(sibling) : ''
}

const firstOf = (text: string): string | undefined => [...text][0]
const lastOf = (text: string): string | undefined => [...text].at(-1)
