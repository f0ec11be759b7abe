/**
 * Colours for code, as classes (`token-keyword`, `token-string`, ...) that the page's style sheet gives a colour in each theme: a
 * style attribute would be refused by the CSP, and the server need not know the theme.
 */
import type { Element, ElementContent } from 'hast'
import { createCssVariablesTheme, createHighlighterCoreSync, type HighlighterCore } from 'shiki/core'
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript'
import diff from 'shiki/langs/diff.mjs'
import docker from 'shiki/langs/docker.mjs'
import ini from 'shiki/langs/ini.mjs'
import json from 'shiki/langs/json.mjs'
import shell from 'shiki/langs/shellscript.mjs'
import toml from 'shiki/langs/toml.mjs'
import yaml from 'shiki/langs/yaml.mjs'

const THEME = 'classes'
const PREFIX = '--code-'

/** As authors name them; anything else is shown without colours. */
const LANGUAGES: Record<string, string> = {
  sh: 'shellscript',
  bash: 'shellscript',
  yaml: 'yaml',
  json: 'json',
  dockerfile: 'docker',
  ini: 'ini',
  diff: 'diff',
  toml: 'toml',
}
export const CODE_LANGUAGES: readonly string[] = [...Object.keys(LANGUAGES), 'text', 'output']

let highlighter: HighlighterCore | undefined

function ready(): HighlighterCore {
  highlighter ??= createHighlighterCoreSync({
    themes: [createCssVariablesTheme({ name: THEME, variablePrefix: PREFIX })],
    langs: [diff, docker, ini, json, shell, toml, yaml],
    engine: createJavaScriptRegexEngine(),
  })
  return highlighter
}

export function highlight(text: string, language: string): ElementContent[] {
  const lang = LANGUAGES[language]
  if (!lang) return [{ type: 'text', value: text }]
  const { tokens } = ready().codeToTokens(text, { lang, theme: THEME })
  return tokens.map((line, index) => {
    const end: ElementContent[] = index < tokens.length - 1 ? [{ type: 'text', value: '\n' }] : []
    return element('code-line', [...line.flatMap(({ content, color }) => coloured(content, classOf(color))), ...end])
  })
}

/** `var(--code-token-keyword)` is the class `token-keyword`; the plain foreground needs none. */
const classOf = (color: string | undefined) => /var\(--code-(token-[a-z-]+)\)/.exec(color ?? '')?.[1]

function coloured(content: string, className: string | undefined): ElementContent[] {
  const words = content.split(BREAKABLE).map((word, index): ElementContent => {
    const text = { type: 'text' as const, value: word }
    return index % 2 === 1 ? element('code-word', [text]) : text
  })
  const shown = words.filter((word) => word.type !== 'text' || word.value !== '')
  return className ? [element(className, shown)] : shown
}

/** A word that a browser would break behind a hyphen, `--image=nginx`; a very long one is better broken than cut off. */
const BREAKABLE = /((?<!\S)[^\s-]*-\S{1,40}(?!\S))/

const element = (className: string, children: ElementContent[]): Element => ({
  type: 'element',
  tagName: 'span',
  properties: { className: [className] },
  children,
})
