/** Gives code blocks their buttons and colours, inline code its copy mark, and links out their manners. Runs after the sanitiser. */
import type { Element, ElementContent, Root } from 'hast'
import { toString as textOf } from 'hast-util-to-string'
import { SKIP, visit } from 'unist-util-visit'
import { highlight } from './highlight.js'
import type { RenderOptions } from './render.js'

const WORDS = {
  run: { en: 'Run', zh: '运行' },
  runOn: { en: 'Run on', zh: '运行于' },
  copy: { en: 'Copy', zh: '复制' },
} as const

/** What a command printed: there to be read, not to be copied. */
const OUTPUTS = new Set(['', 'text', 'output'])

export function codeBlocks(root: Root, options: RenderOptions): void {
  visit(root, 'element', (node, index, parent) => {
    if (node.tagName === 'a') leavePage(node)
    if (node.tagName === 'code') node.properties = inlineCode(textOf(node))
    if (node.tagName !== 'pre' || parent === undefined || index === undefined) return undefined
    parent.children[index] = codeBlock(node, options)
    return [SKIP, index + 1]
  })
}

/** A flag or a name stays on one line; what is longer may be broken, so that it fits beside a wide terminal. */
const LONGEST_ON_ONE_LINE = 32

const inlineCode = (text: string): Element['properties'] =>
  text.length > LONGEST_ON_ONE_LINE ? { dataCopy: text, className: ['code-long'] } : { dataCopy: text }

function leavePage(node: Element): void {
  if (!/^https?:/.test(String(node.properties.href ?? ''))) return
  Object.assign(node.properties, { target: '_blank', rel: ['noopener', 'noreferrer'] })
}

/**
 * ```html
 * <div class="code-block" data-language="sh">
 *   <div class="code-actions"><button data-run="TEXT" data-machine="base">Run</button><button data-copy="TEXT">Copy</button></div>
 *   <pre tabindex="0"><code>…</code></pre>
 * </div>
 * ```
 */
function codeBlock(pre: Element, options: RenderOptions): Element {
  const code = pre.children.find((child) => child.type === 'element')
  const text = (code ? textOf(code) : '').replace(/\n$/, '')
  const { dataLanguage, dataRun, dataMachine } = code?.properties ?? {}
  const language = String(dataLanguage ?? '')
  const isOutput = OUTPUTS.has(language) && !dataRun
  const buttons: Element[] = []
  if (dataRun) buttons.push(runButton(text, String(dataMachine), options))
  if (!isOutput) buttons.push(button('code-copy', { dataCopy: text }, WORDS.copy[options.language]))
  const shown = element('pre', { tabIndex: 0 }, [element('code', {}, highlight(text, language))])
  const actions = buttons.length > 0 ? [element('div', { className: ['code-actions'] }, buttons)] : []
  const className = isOutput ? ['code-block', 'code-output'] : ['code-block']
  return element('div', { className, dataLanguage: language || 'text' }, [...actions, shown])
}

function runButton(text: string, machine: string, { language, machine: usual }: RenderOptions): Element {
  const name = machine === usual ? WORDS.run[language] : `${WORDS.runOn[language]} ${machine}`
  return button('code-run', { dataRun: text, dataMachine: machine }, name)
}

const button = (className: string, properties: Element['properties'], name: string): Element =>
  element('button', { type: 'button', className: [className], ...properties }, [{ type: 'text', value: name }])

const element = (tagName: string, properties: Element['properties'], children: ElementContent[]): Element => ({
  type: 'element',
  tagName,
  properties,
  children,
})
