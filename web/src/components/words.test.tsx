import { expect, test } from 'vitest'
import { show } from '~/testing/render'
import { Words } from './words'

test('what one types is code, the rest is text, and no backtick is left', () => {
  const { container } = show(<Words text="Run `npx wheelhouse doctor`, then `docker info`." />)
  expect([...container.querySelectorAll('code')].map((code) => code.textContent)).toEqual([
    'npx wheelhouse doctor',
    'docker info',
  ])
  expect(container.textContent).toBe('Run npx wheelhouse doctor, then docker info.')
})
