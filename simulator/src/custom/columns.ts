/** `additionalPrinterColumns` of a custom resource. @see apiextensions-apiserver/pkg/registry/customresource/tableconvertor */
import { ageColumn, ageOf, nameColumn } from '../kinds/columns.js'
import type { Column } from '../kinds/define.js'
import { fieldsOf, type Json, type KubeObject } from '../objects/object.js'
import { parseJsonPath, readPath } from './json-path.js'

export interface PrinterColumn {
  name: string
  type: string
  jsonPath: string
  format?: string
  priority?: number
}

function cell(type: string, value: Json | undefined, nowMs: number): string | number | null {
  if (value === undefined || value === null) return null
  if (type === 'string') return typeof value === 'object' ? JSON.stringify(value) : String(value)
  if (type === 'date')
    return typeof value === 'string' ? (Number.isNaN(Date.parse(value)) ? '<invalid>' : ageOf(value, nowMs)) : null
  if (type === 'boolean') return typeof value === 'boolean' ? String(value) : null
  if (typeof value !== 'number') return null
  return type === 'integer' ? Math.trunc(value) : value
}

/** Name and Age where the definition says nothing. */
export function customColumns(definitions: PrinterColumn[] | undefined): Column<KubeObject>[] {
  if (!definitions?.length) return [nameColumn, ageColumn]
  const own = definitions.map(({ name, type, jsonPath, format, priority }): Column<KubeObject> => {
    const steps = parseJsonPath(jsonPath) ?? []
    return {
      name,
      type: type as 'string',
      ...(format ? { format } : {}),
      ...(priority ? { priority: priority as 1 } : {}),
      value: (object, now) => cell(type, readPath(steps, fieldsOf(object) as Json)[0], now),
    }
  })
  return [nameColumn, ...own]
}
