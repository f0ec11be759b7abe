import type { FieldErrors } from '../objects/field-errors.js'
import type { NameRule } from '../objects/names.js'
import type { JsonObject, KubeObject } from '../objects/object.js'
import type { Clock } from '../time/clock.js'

/** A column of `kubectl get`. Priority 1 shows with `-o wide` only. */
export interface Column<T> {
  /** Empty: a cell without heading. */
  name: string
  type?: 'string' | 'integer'
  format?: string
  priority?: 0 | 1
  /** @param nowMs for ages */
  value(object: T, nowMs: number): string | number | null
}

export interface RuleContext {
  clock: Clock
  /** Who asks; empty for the cluster itself. */
  user: string
}

/**
 * What is particular to one kind. Everything that its schema says (types, unknown fields, patches) and everything that all kinds
 * share (names, generation, status, finalizers) is done elsewhere; here stands only what upstream's strategy of the kind does.
 */
export interface KindRules<T extends KubeObject = KubeObject> {
  /** The form of its names. Default: DNS subdomain. */
  nameRule?: NameRule
  /** Whether `metadata.generation` counts changes outside metadata and status, or those of annotations too. */
  counted?: boolean | 'with-annotations'
  /** Whether a status sent on creation is kept. */
  keepsStatus?: boolean
  /** Fills in what the client left out, as pkg/apis/GROUP/VERSION/defaults.go does. Changes the object in place. */
  defaults?(object: T): void
  /** Before admission of a new object: clears and sets what the client may not. Changes the object in place. */
  prepareForCreate?(object: T, context: RuleContext): void
  prepareForUpdate?(object: T, old: T, context: RuleContext): void
  /** Adds every problem of the object itself; also called for an update, with what was before and a place for warnings. */
  validate?(object: T, errors: FieldErrors, more: { old?: T | undefined; warnings: string[] }): void
  /** Forbidden changes are told before what is wrong with the object itself. */
  changesFirst?: boolean
  /** Adds every forbidden change. */
  validateUpdate?(object: T, old: T, errors: FieldErrors): void
  validateStatusUpdate?(object: T, old: T, errors: FieldErrors): void
  /** Said with every request for this version of the kind, as upstream's `APILifecycleDeprecated`. */
  deprecation?: string
  /** Sentences for `Warning` headers: what is deprecated, and what we store without effect. */
  warnings?(object: T): string[]
  columns?: Column<T>[]
  /** Field selectors besides metadata.name and metadata.namespace. */
  fields?: Record<string, (object: T) => string>
  /** Seconds between the mark for deletion and the end, where a kind has such a time. */
  graceSeconds?(object: T, requested: number | undefined): number
  /** Finalizers that every new object carries. */
  finalizers?: string[]
  /** Finalizers that the first deletion adds. */
  deletionFinalizers?: string[]
  /** The shelf of the store that another group or kind owns. */
  storedAs?: string
  /** By version, where a version differs from what is stored. */
  conversions?: Record<string, { toStored(object: JsonObject): JsonObject; fromStored(object: JsonObject): JsonObject }>
}

export interface KindDefinition {
  group: string
  kind: string
  rules: KindRules
}

/** Declares the rules of one kind; `kinds/index.ts` lists every declaration. */
export function defineKind<T extends KubeObject>(group: string, kind: string, rules: KindRules<T>): KindDefinition {
  return { group, kind, rules: rules as unknown as KindRules }
}
