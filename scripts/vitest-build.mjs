/** Tests that start programs of ours (checker processes, keepers, the server) run the compiled ones: they must not be stale. */
import { buildIfStale } from './build.mjs'

export const setup = () => buildIfStale({ only: ['programs'] })
