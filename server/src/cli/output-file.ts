import { closeSync, existsSync, openSync, rmSync } from 'node:fs'

/** Finds out before the work whether its outcome can be kept. @throws the system's error, with the path in it */
export function tryToWrite(file: string): void {
  const isNew = !existsSync(file)
  closeSync(openSync(file, 'a'))
  if (isNew) rmSync(file)
}
