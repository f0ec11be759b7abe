/** What may leave Markdown: the tags that Markdown itself makes, and the marks of our own pipeline. No images, no forms, no styles. */
import type { Schema } from 'hast-util-sanitize'

const ASIDE_CLASSES = ['aside', 'aside-note', 'aside-tip', 'aside-warning', 'aside-title']

export const sanitizeSchema: Schema = {
  tagNames: [
    'a',
    'aside',
    'blockquote',
    'br',
    'code',
    'del',
    'div',
    'em',
    'h1',
    'h2',
    'h3',
    'h4',
    'hr',
    'li',
    'ol',
    'p',
    'pre',
    'strong',
    'sup',
    'table',
    'tbody',
    'td',
    'th',
    'thead',
    'tr',
    'ul',
  ],
  attributes: {
    a: ['href'],
    aside: [['className', ...ASIDE_CLASSES]],
    p: [['className', 'aside-title']],
    code: [
      ['dataLanguage', /^[a-z0-9-]*$/],
      ['dataRun', 'yes'],
      ['dataMachine', /^[a-z0-9-]+$/],
    ],
    div: [['dataTask', /^[a-z0-9-]+$/]],
    ol: ['start'],
    th: [['align', 'left', 'center', 'right']],
    td: [['align', 'left', 'center', 'right']],
  },
  protocols: { href: ['https', 'http'] },
  strip: ['script', 'style'],
  clobber: [],
}
