/** Tests that start programs of ours (checker processes, keepers, the server) run the compiled ones: they must not be stale. */
import { buildIfStale } from './build.mjs'
import { ownTemporaryFolder } from './vitest-temporary.mjs'

export async function setup() {
  await buildIfStale({ only: ['programs'] })
  return ownTemporaryFolder()
}
