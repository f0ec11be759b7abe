import { expect, test } from 'vitest'
import { fullName, mirrored } from './image-names.js'
import { recipes } from './image-source.js'

test.each([
  ['nginx:1.28', 'docker.io/library/nginx:1.28'],
  ['curlimages/curl:8.15.0', 'docker.io/curlimages/curl:8.15.0'],
  ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10'],
  ['localhost/app:1', 'localhost/app:1'],
  ['mirror:5000/app:1', 'mirror:5000/app:1'],
])('%s is %s to containerd', (image, full) => {
  expect(fullName(image)).toBe(full)
})

test.each([
  ['nginx:1.28', 'm.example:5000/library/nginx:1.28'],
  ['docker.io/library/nginx:1.28', 'm.example:5000/library/nginx:1.28'],
  ['curlimages/curl:8', 'm.example:5000/curlimages/curl:8'],
  ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10'],
])('with a mirror %s is pulled as %s', (image, source) => {
  expect(mirrored(image, 'm.example:5000')).toBe(source)
  expect(mirrored(image, null)).toBe(image)
})

test('finds the images that are built here, with their arguments', async () => {
  expect(await recipes()).toEqual(
    expect.arrayContaining([
      { image: 'wheelhouse/app:1', folder: 'app', buildArgs: ['--build-arg', 'VERSION=v1'] },
      { image: 'wheelhouse/app:2-broken', folder: 'app', buildArgs: ['--build-arg', 'VERSION=v2', '--build-arg', 'BROKEN=yes'] },
    ]),
  )
})
