/**
 * The prose of the API, for `kubectl explain`: read at run time, as text, from the type declarations of the installed packages
 * kubernetes-models (Kubernetes 1.36) and @kubernetes-models/apimachinery. Nothing of it is kept in our files.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export interface TypeProse {
  description: string
  fields: Record<string, string>
}

const require = createRequire(import.meta.url)

/** Not by `resolve`: the packages are for `import` alone, by a newer Node than ours. */
const folderOf = (name: string): string | undefined =>
  require.resolve
    .paths(name)
    ?.map((folder) => join(folder, name))
    .find((folder) => existsSync(join(folder, 'package.json')))
const folders = { models: folderOf('kubernetes-models'), machinery: folderOf('@kubernetes-models/apimachinery') }

/** Of the package that the words are read from; empty where it is not there. */
export function proseVersion(): string {
  if (!folders.models) return ''
  return String((JSON.parse(readFileSync(join(folders.models, 'package.json'), 'utf8')) as { version?: string }).version)
}

/** Groups whose name has more than one part. */
const GROUPS: Record<string, string> = {
  admissionregistration: 'admissionregistration.k8s.io',
  apiextensions: 'apiextensions.k8s.io',
  apiregistration: 'apiregistration.k8s.io',
  authentication: 'authentication.k8s.io',
  authorization: 'authorization.k8s.io',
  certificates: 'certificates.k8s.io',
  coordination: 'coordination.k8s.io',
  discovery: 'discovery.k8s.io',
  events: 'events.k8s.io',
  flowcontrol: 'flowcontrol.apiserver.k8s.io',
  networking: 'networking.k8s.io',
  node: 'node.k8s.io',
  rbac: 'rbac.authorization.k8s.io',
  resource: 'resource.k8s.io',
  scheduling: 'scheduling.k8s.io',
  storage: 'storage.k8s.io',
}

/** `io.k8s.api.apps.v1.DeploymentSpec` is apps/v1/DeploymentSpec.d.ts there. */
function fileOf(typeName: string): string | undefined {
  const parts = typeName.split('.')
  const name = `${parts.at(-1)}.d.ts`
  const [group = '', version = ''] = parts.slice(-3)
  if (typeName.startsWith('io.k8s.apimachinery.')) {
    const path = parts.slice(3, -1)
    return folders.machinery && path[0] ? join(folders.machinery, ...path.slice(path[0] === 'pkg' ? 1 : 0), name) : undefined
  }
  if (!folders.models) return undefined
  return group === 'core' ? join(folders.models, version, name) : join(folders.models, GROUPS[group] ?? group, version, name)
}

const COMMENT = /\/\*\*\n((?:\s*\*(?!\/).*\n)*)\s*\*\/\s*\n\s*(?:export interface (\w+)|"([^"]+)"\??:)/g

const plain = (comment: string): string =>
  comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').replaceAll('\\*', '*'))
    .filter((line) => line !== '@deprecated')
    .join('\n')
    .trim()

function readProse(typeName: string): TypeProse | undefined {
  const path = fileOf(typeName)
  if (!path) return undefined
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
  const prose: TypeProse = { description: '', fields: {} }
  for (const [, comment = '', isType, field] of text.matchAll(COMMENT)) {
    if (isType) prose.description = plain(comment)
    else if (field) prose.fields[field] = plain(comment)
  }
  return prose
}

/** Says what every object's `apiVersion` and `kind` are; where a type fixes their values, its own declaration does not. */
const TYPE_WITH_BOTH = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions'
let typeMeta: Record<string, string> | undefined

/** The prose of a type; undefined where the packages or the type are not there. */
export function proseOf(typeName: string): TypeProse | undefined {
  const prose = readProse(typeName)
  if (!prose) return undefined
  typeMeta ??= readProse(TYPE_WITH_BOTH)?.fields ?? {}
  const { apiVersion = '', kind = '' } = typeMeta
  return { ...prose, fields: { apiVersion, kind, ...prose.fields } }
}
