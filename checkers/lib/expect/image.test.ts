import { expect, test } from 'vitest'
import { isSameImage, wholeImageName } from './image.js'

test.each([
  ['nginx', 'docker.io/library/nginx:latest'],
  ['nginx:1.28', 'docker.io/library/nginx:1.28'],
  ['docker.io/library/nginx:1.28', 'docker.io/library/nginx:1.28'],
  ['index.docker.io/nginx:1.28', 'docker.io/library/nginx:1.28'],
  ['wheelhouse/app:1', 'docker.io/wheelhouse/app:1'],
  ['registry.example:5000/app', 'registry.example:5000/app:latest'],
  ['localhost/app:1', 'localhost/app:1'],
  ['nginx@sha256:00', 'docker.io/library/nginx@sha256:00'],
])('%s is %s', (short, whole) => expect(wholeImageName(short)).toBe(whole))

test('different tags, names and registries are different images; no text is none', () => {
  expect(isSameImage('nginx:1.28', 'docker.io/nginx:1.28')).toBe(true)
  expect(isSameImage('nginx:1.29', 'nginx:1.28')).toBe(false)
  expect(isSameImage('quay.io/nginx:1.28', 'nginx:1.28')).toBe(false)
  expect(isSameImage(undefined, 'nginx')).toBe(false)
})
