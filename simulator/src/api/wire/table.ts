/** `kubectl get` asks for a Table: the server prints, the client only lays out. */
import { columns as defaultFrame } from '../../kinds/columns.js'
import type { Column } from '../../kinds/define.js'
import type { Resource } from '../../kinds/resource.js'
import { asObject, fieldsOf, type KubeObject } from '../../objects/object.js'

const FALLBACK: Column<KubeObject>[] = defaultFrame()

const columnsOf = (resource: Resource): Column<KubeObject>[] => resource.rules.columns ?? FALLBACK

const definitionOf = ({ name, type = 'string', format = '', priority = 0 }: Column<KubeObject>) => ({
  name,
  type,
  format,
  description: '',
  priority,
})

const partial = (object: KubeObject) => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: object.metadata,
})

export interface TableOptions {
  /** `None`, `Metadata` or `Object`: what each row carries beside its cells. */
  include: string
  nowMs: number
  /** Left out of the later events of a watch. */
  withColumns: boolean
}

/** The columns of a kind read the form that is stored, whichever version is shown: as upstream's printers read its internal one. */
const printedForm = ({ conversion }: Resource, item: KubeObject): KubeObject =>
  conversion ? asObject(conversion.toStored(fieldsOf(item))) : item

export function tableOf(resource: Resource, items: KubeObject[], metadata: object, options: TableOptions) {
  const columns = columnsOf(resource)
  const rowObject = (item: KubeObject) =>
    options.include === 'None' ? undefined : options.include === 'Object' ? item : partial(item)
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: options.withColumns ? columns.filter(({ name }) => name).map(definitionOf) : null,
    rows: items.map((item) => {
      const printed = printedForm(resource, item)
      return { cells: columns.map((column) => column.value(printed, options.nowMs)), object: rowObject(item) }
    }),
  }
}

export { partial as partialObject }
