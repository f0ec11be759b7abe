/** Secrets that travel: made at random, kept only as hashes. */
import { createHash, randomBytes } from 'node:crypto'

/** 256 bits, safe in URLs and cookies. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** What the store keeps of a secret: enough to recognise it, not to use it. No salt is needed for 256 random bits. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('base64url')
