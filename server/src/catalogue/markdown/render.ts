/**
 * Markdown of lab authors to HTML for the lab page. Raw HTML is dropped, what is left passes a strict sanitiser, and only then come
 * our own buttons and colours; nothing in it wants inline scripts or styles, so the page's CSP stays closed.
 *
 * docs/authoring.md says what authors may write.
 */
import type { Language } from '@wheelhouse/protocol'
import type { Root as HtmlRoot } from 'hast'
import type { Root, RootContent } from 'mdast'
import rehypeSanitize from 'rehype-sanitize'
import rehypeStringify from 'rehype-stringify'
import remarkDirective from 'remark-directive'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import remarkRehype from 'remark-rehype'
import { unified } from 'unified'
import { codeBlocks } from './code-blocks.js'
import { directives } from './directives.js'
import { sanitizeSchema } from './sanitize-schema.js'
import { joinWideLines } from './soft-breaks.js'

export interface RenderOptions {
  language: Language
  /** Where commands run that name no machine. */
  machine: string
}

const parser = unified().use(remarkParse).use(remarkGfm).use(remarkDirective)
const toHtml = unified().use(remarkRehype).use(rehypeSanitize, sanitizeSchema)
const printer = unified().use(rehypeStringify)

export const parseMarkdown = (markdown: string): Root => parser.parse(markdown)

/** Renders part of a parsed text. */
export function renderNodes(children: RootContent[], markdown: string, options: RenderOptions): string {
  const root: Root = { type: 'root', children }
  directives(root, markdown, options)
  joinWideLines(root)
  const html = toHtml.runSync(root) as HtmlRoot
  codeBlocks(html, options)
  return printer.stringify(html)
}

export function renderMarkdown(markdown: string, options: RenderOptions): string {
  return renderNodes(parseMarkdown(markdown).children, markdown, options)
}

/** A script as a learner reads it: without the lines that tell us where it runs. */
export function renderScript(script: string, options: RenderOptions): string {
  const lines = script.split('\n').filter((line) => !/^#!|^# *(machine|user|caught-by):|^set -[a-z]+( pipefail)?$/.test(line))
  const value = lines.join('\n').trim()
  return renderNodes([{ type: 'code', lang: 'sh', value }], '', options)
}
