import { readFile } from 'node:fs/promises'
import { ADDONS } from '@wheelhouse/protocol'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { addonImages } from './addons.js'

test.each(ADDONS)('%s pulls just the images that are brought for it, and never by itself', async (addon) => {
  const text = await readFile(new URL(`../../../addons/${addon}.yaml`, import.meta.url), 'utf8')
  for (const document of parseAllDocuments(text)) expect(document.errors).toEqual([])
  const named = [...text.matchAll(/^\s+image: (\S+)$/gm)].map((match) => match[1])
  expect(named).toEqual(addonImages([{ ...CLUSTER, addons: [addon] }]))
  expect(text.match(/imagePullPolicy: IfNotPresent/g)).toHaveLength(named.length)
})

const CLUSTER = { name: 'main', kubernetes: 'v1.36', controlPlanes: 1, workers: 0, bareNodes: 0, cni: 'default' } as const
