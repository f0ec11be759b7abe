/**
 * The values that several parts share: languages, ids, and the words of DESIGN's vocabulary as types.
 */
import Type, { type Static } from 'typebox'

export const LANGUAGES = ['en', 'zh'] as const
export type Language = (typeof LANGUAGES)[number]

/** A text in every language that a learner can choose. `zh` is Simplified Chinese. */
export const Localized = Type.Object(
  { en: Type.String({ minLength: 1 }), zh: Type.String({ minLength: 1 }) },
  { additionalProperties: false },
)
export type Localized = Static<typeof Localized>

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** Lower-case letters and digits, at most 12, so that it fits into container, network and cluster names. */
export type EnvironmentId = Branded<'EnvironmentId'>
export type LearnerId = Branded<'LearnerId'>
export type AttemptId = Branded<'AttemptId'>
export type TerminalId = Branded<'TerminalId'>
export type CheckpointId = Branded<'CheckpointId'>

export const environmentId = (text: string) => text as EnvironmentId
export const learnerId = (text: string) => text as LearnerId
export const attemptId = (text: string) => text as AttemptId
export const terminalId = (text: string) => text as TerminalId
export const checkpointId = (text: string) => text as CheckpointId

/** Milliseconds since 1970-01-01T00:00:00Z. The only form in which a time crosses the wire or rests in the store. */
export type EpochMs = number
