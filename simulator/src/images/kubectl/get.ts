/** `kubectl get`: tables as the server makes them, or the objects themselves. */
import type { JsonObject } from '../../objects/object.js'
import { type Kind, KubectlError, pathOf, shownName } from './api.js'
import { type Call, say, tell } from './call.js'
import { query } from './chosen.js'
import { watch } from './follow.js'
import { type Named, named } from './options.js'
import { Columns, objectText, type Table, tableText } from './print.js'

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'

export async function get(call: Call): Promise<number> {
  const { api, flags, namespace } = call
  const found = await named(api, call.words)
  const output = flags.get('output')
  const isMany = new Set(found.map(({ kind }) => kind)).size > 1
  if (flags.has('watch')) return follow(call, found, isMany)
  let shownCount = 0
  for (const { kind, name } of found) {
    const path = pathOf(kind, namespace, name)
    if (output === 'name' || objectText(output, {}) !== undefined) {
      shownCount += await getObjects(call, kind, { path, name, output })
      continue
    }
    const table = (await api.json('GET', `${path}${name ? '' : query(flags)}`, { accept: TABLE })) as unknown as Table
    if (table.rows.length === 0 && isMany) continue
    if (shownCount > 0 && isMany) await say(call, '\n')
    shownCount += table.rows.length
    const withHead = !flags.has('no-headers') && (isMany || shownCount === table.rows.length)
    const prefix = isMany ? shownName(kind, '') : ''
    if (table.rows.length > 0) await say(call, tableText(table, { ...shapeOf(call, kind), withHead, prefix }))
  }
  if (shownCount > 0) return 0
  if (!objectText(output, {}))
    await tell(call, namespace === undefined ? 'No resources found\n' : `No resources found in ${namespace} namespace.\n`)
  return 0
}

const shapeOf = ({ flags, namespace }: Call, kind: Kind) => ({
  wide: flags.get('output') === 'wide',
  withNamespace: namespace === undefined && kind.namespaced,
})

async function getObjects(
  call: Call,
  kind: Kind,
  { path, name, output }: { path: string; name: string; output: string | undefined },
): Promise<number> {
  const { api, flags } = call
  const object = await api.json('GET', `${path}${name ? '' : query(flags)}`)
  if (output === 'name') {
    const items = name ? [object] : (object.items as JsonObject[])
    for (const item of items) await say(call, `${shownName(kind, (item.metadata as { name: string }).name)}\n`)
    return items.length
  }
  const list = name
    ? object
    : { apiVersion: 'v1', items: object.items as JsonObject[], kind: 'List', metadata: { resourceVersion: '' } }
  await say(call, objectText(output, list) ?? '')
  return 1
}

/** `get -w`: the rows that are there, then one for each change. */
async function follow(call: Call, [first, ...others]: Named[], isMany: boolean): Promise<number> {
  const { api, flags, namespace } = call
  const output = flags.get('output')
  if (!first || isMany) throw new KubectlError('error: you may only specify a single resource type')
  if (others.length > 0) throw new KubectlError('error: watch is only supported on individual resources and resource collections')
  if (output === 'name' || objectText(output, {}) !== undefined)
    throw new KubectlError('error: the kubectl of the simulated image watches tables alone')
  const { kind, name } = first
  const [columns, shape] = [new Columns(), shapeOf(call, kind)]
  const table = (await api.json('GET', `${pathOf(kind, namespace, name)}${name ? '' : query(flags)}`, {
    accept: TABLE,
  })) as unknown as Table
  let withHead = !flags.has('no-headers')
  const show = async (rows: Table['rows']): Promise<void> => {
    if (rows.length === 0) return
    await say(call, tableText({ ...table, rows }, { ...shape, withHead, prefix: '' }, columns))
    withHead = false
  }
  await show(table.rows)
  const search = new URLSearchParams(name ? { fieldSelector: `metadata.name=${name}` } : query(flags))
  search.set('resourceVersion', table.metadata.resourceVersion)
  await watch<Table>(call, { path: pathOf(kind, namespace), search, accept: TABLE }, async ({ object }) => {
    await show(object.rows)
    return false
  })
  return 0
}
