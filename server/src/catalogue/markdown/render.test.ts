import { expect, test } from 'vitest'
import { renderMarkdown, renderScript } from './render.js'
import { renderGuide } from './steps.js'

const en = { language: 'en', machine: 'base' } as const
const render = (markdown: string) => renderMarkdown(markdown, en)

test('a block that may be run gets Run and Copy with its exact text, and names its machine', () => {
  const html = render('```sh run\nkubectl get pods -l "app=web"\nexit\n```')
  expect(html).toContain('data-run="kubectl get pods -l &#x22;app=web&#x22;\nexit" data-machine="base">Run</button>')
  expect(html).toContain('data-copy="kubectl get pods -l &#x22;app=web&#x22;\nexit">Copy</button>')
  expect(render('```sh run machine=node01\nls\n```')).toContain('data-machine="node01">Run on node01</button>')
})

test('other code is only copied, and what a command printed has no button', () => {
  expect(render('```yaml\na: 1\n```')).toMatch(/data-copy="a: 1">Copy/)
  expect(render('```yaml\na: 1\n```')).not.toContain('data-run')
  expect(render('```text\nNAME READY\n```')).not.toContain('<button')
})

test('inline code copies', () => {
  expect(render('Use `kubectl get`.')).toBe('<p>Use <code data-copy="kubectl get">kubectl get</code>.</p>')
})

test('buttons speak the language of the page', () => {
  expect(renderMarkdown('```sh run\nls\n```', { language: 'zh', machine: 'base' })).toContain('>运行</button>')
})

test('code is coloured by classes, since the CSP refuses style attributes', () => {
  const html = render('```sh\nkubectl get pods # all\n```')
  expect(html).toContain('<span class="token-comment"># all</span>')
  expect(html).not.toContain('style')
})

test.each([
  ['raw HTML', '<script>alert(1)</script><b onclick="x()">bold</b>', /script|onclick|<b>/],
  ['script links', '[a](javascript:alert(1))', /javascript/],
  ['data links', '[a](data:text/html,x)', /href/],
  ['images', '![a](http://evil/x.png)', /<img/],
  ['forged buttons', '```sh\nls\n``` \n\n<button data-run="rm">', /data-run/],
  ['attributes on directives', ':::note{onclick="x()" style="color:red" .evil}\nhi\n:::', /onclick|style|evil/],
])('%s do not pass', (_, markdown, forbidden) => {
  expect(render(markdown)).not.toMatch(forbidden)
})

test('links lead out of the page', () => {
  expect(render('[docs](https://kubernetes.io/docs)')).toContain('target="_blank" rel="noopener noreferrer"')
})

test('a colon in a sentence stays a colon', () => {
  expect(render('The image nginx:latest at 10:30 and :smile: too.')).toContain('The image nginx:latest at 10:30 and :smile: too.')
})

test('asides are titled in the language of the page', () => {
  const html = render(':::tip\nUse `k`.\n:::')
  expect(html).toContain('<aside class="aside aside-tip"><p class="aside-title">Tip</p>')
})

test('a script is shown without the lines that say where it runs', () => {
  const html = renderScript('#!/bin/bash\n# machine: node01\n# user: root\nset -e\n# Look first.\nls\n', en)
  expect(html).toContain('data-copy="# Look first.\nls"')
})

const GUIDE = `## Look around

Text.

::task{id=first}

## Repair it {#repair}

More.

::task{id=second}
`

test('a guide is cut at its headings; ids come from the English ones unless they are said', () => {
  const steps = renderGuide(GUIDE, en)
  expect(steps.map(({ id, title, tasks }) => ({ id, title, tasks }))).toEqual([
    { id: 'look-around', title: 'Look around', tasks: ['first'] },
    { id: 'repair', title: 'Repair it', tasks: ['second'] },
  ])
  expect(steps[0]?.html).toBe('<p>Text.</p>\n<div data-task="first"></div>')
})

test('Chinese headings take the ids of the English ones', () => {
  const steps = renderGuide('## 看一看\n\n## 修好它 {#repair}\n', {
    language: 'zh',
    machine: 'base',
    ids: ['look-around', 'repair'],
  })
  expect(steps.map(({ id, title }) => [id, title])).toEqual([
    ['look-around', '看一看'],
    ['repair', '修好它'],
  ])
})

test('a flag in a command is not broken behind its hyphens', () => {
  const html = render('```sh\nkubectl run a --image=nginx -n b\n```')
  expect(html).toContain('<span class="code-word">--image=nginx</span>')
  expect(html).toContain('data-copy="kubectl run a --image=nginx -n b"')
})

test('a long command is one line a line, and a short name is not torn apart', () => {
  expect(render('```sh\na\nb\n```')).toContain('<span class="code-line"><span class="token-function">a</span>\n</span>')
  expect(render('`--revision`')).not.toContain('code-long')
  expect(render('`kubectl -n tickets rollout history deployment/shop`')).toContain('class="code-long"')
})

test.each([
  ['between two Chinese characters', '第一\n行', '<p>第一行</p>'],
  [
    'behind Chinese punctuation',
    '记住：\n**一个** 与，\n`code`',
    '<p>记住：<strong>一个</strong> 与，<code data-copy="code">code</code></p>',
  ],
  ['before a Chinese word in bold', '请记\n**住**', '<p>请记<strong>住</strong></p>'],
])('a line that ends %s leaves no space', (_, markdown, html) => {
  expect(renderMarkdown(markdown, { language: 'zh', machine: 'base' })).toBe(html)
})

test('beside Latin words and code a line end is a space', () => {
  expect(render('one\ntwo')).toBe('<p>one\ntwo</p>')
  expect(render('字\nPod 字\n`a`')).toContain('字\nPod 字\n<code')
})
