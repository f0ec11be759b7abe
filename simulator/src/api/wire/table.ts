/** `kubectl get` asks for a Table: the server prints, the client only lays out. */
import { columns as defaultFrame, integerColumn } from '../../kinds/columns.js'
import type { Column } from '../../kinds/define.js'
import type { Resource } from '../../kinds/resource.js'
import { asObject, fieldsOf, type KubeObject } from '../../objects/object.js'

const FALLBACK: Column<KubeObject>[] = defaultFrame()

/** What a table needs of a resource. */
type Printable = Pick<Resource, 'rules'> & Partial<Pick<Resource, 'conversion'>>

const columnsOf = (resource: Printable): Column<KubeObject>[] => resource.rules.columns ?? FALLBACK

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
const printedForm = ({ conversion }: Printable, item: KubeObject): KubeObject =>
  conversion ? asObject(conversion.toStored(fieldsOf(item))) : item

interface Scale extends KubeObject {
  spec?: { replicas?: number }
  status?: { replicas?: number }
}

/** What `kubectl get --subresource=scale` shows. */
export const SCALE: Printable = {
  rules: {
    columns: defaultFrame<Scale>(
      integerColumn('Desired', ({ spec }) => spec?.replicas),
      integerColumn('Available', ({ status }) => status?.replicas),
    ) as unknown as Column<KubeObject>[],
  },
}

export function tableOf(resource: Printable, items: KubeObject[], metadata: object, options: TableOptions) {
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
