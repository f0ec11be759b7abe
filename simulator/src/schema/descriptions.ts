/**
 * The prose of the API, for `kubectl explain`: read at run time, as text, from the type declarations of an installed
 * @kubernetes/client-node 2.x (Kubernetes 1.36). Nothing of it is kept in our files.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The npm alias under which that version stands beside the one in use. */
const PACKAGE = 'kubernetes-client-v2'

export interface TypeProse {
  description: string
  fields: Record<string, string>
}

let folder: string | null | undefined

function modelsFolder(): string | null {
  if (folder !== undefined) return folder
  try {
    folder = join(dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`)), 'dist/gen/models')
  } catch {
    folder = null
  }
  return folder
}

/** `io.k8s.api.apps.v1.DeploymentSpec` is the class V1DeploymentSpec there; a few names are longer where two groups share one. */
function classNames(typeName: string): string[] {
  const parts = typeName.split('.')
  const name = parts.at(-1) ?? ''
  const version = capital(parts.at(-2) ?? '')
  const group = capital(parts.at(-3) ?? '')
  return [`${version}${name}`, `${group}${version}${name}`]
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

const COMMENT = /\/\*\*\n([\s\S]*?)\*\/\s*\n\s*(?:export declare class (\w+)|'([^']+)'\??:)/g

const plain = (comment: string): string =>
  comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim()

function readModel(className: string): TypeProse | undefined {
  const models = modelsFolder()
  if (!models) return undefined
  let text: string
  try {
    text = readFileSync(join(models, `${className}.d.ts`), 'utf8')
  } catch {
    return undefined
  }
  const prose: TypeProse = { description: '', fields: {} }
  for (const [, comment = '', isClass, field] of text.matchAll(COMMENT)) {
    if (isClass) prose.description = plain(comment.slice(comment.lastIndexOf('/**') + 1))
    else if (field) prose.fields[field === '_continue' ? 'continue' : field] = plain(comment)
  }
  return prose
}

/** The prose of a type; undefined where the package or the type is not there. */
export function proseOf(typeName: string): TypeProse | undefined {
  for (const className of classNames(typeName)) {
    const prose = readModel(className)
    if (prose) return prose
  }
  return undefined
}
