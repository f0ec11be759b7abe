import { screen, waitFor } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { RunContext, type RunOutcome } from '~/lib/run-in-terminal'
import { show } from '~/testing/render'
import { LabHtml } from './lab-html'

const HTML = `<p>Use <code data-copy="kubectl get">kubectl get</code>.</p>
<div class="code-block"><div class="code-actions">
<button type="button" data-run="kubectl get pods" data-machine="node01">Run on node01</button>
<button type="button" data-copy="kubectl get pods">Copy</button>
</div><pre><code>kubectl get pods</code></pre></div><div data-task="first"></div>`

const text = (outcome: RunOutcome, run = vi.fn(() => outcome)) => ({
  run,
  element: (
    <RunContext value={run}>
      <LabHtml html={HTML} renderTask={(task) => <p>task {task}</p>} />
    </RunContext>
  ),
})

test('Run sends exactly its text to its machine, and says so', async () => {
  const { run, element } = text('sent')
  const { person } = show(element)
  await person.click(screen.getByRole('button', { name: 'Run on node01' }))
  expect(run).toHaveBeenCalledExactlyOnceWith({ machine: 'node01', text: 'kubectl get pods' })
  expect(screen.getByRole('status').textContent).toBe('Sent to the terminal')
})

test('where there is no terminal, that is said', async () => {
  const { element } = text('not-ready')
  const { person } = show(element)
  await person.click(screen.getByRole('button', { name: 'Run on node01' }))
  expect(screen.getByRole('status').textContent).toBe('The terminal is not there yet')
})

test('Copy and inline code put their text on the clipboard', async () => {
  const { element } = text('sent')
  const { person } = show(element)
  await person.click(screen.getByRole('button', { name: 'Copy' }))
  await waitFor(async () => expect(await navigator.clipboard.readText()).toBe('kubectl get pods'))
  await person.click(screen.getByText('kubectl get'))
  await waitFor(async () => expect(await navigator.clipboard.readText()).toBe('kubectl get'))
})

test('a task stands where the text places it', () => {
  const { container } = show(text('sent').element)
  expect(container.querySelector('[data-task="first"]')?.textContent).toBe('task first')
})
