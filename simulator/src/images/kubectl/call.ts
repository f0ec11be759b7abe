/** One call of kubectl, and where it speaks. */
import { encode } from '../../containers/stream.js'
import type { Api } from './api.js'
import type { Words } from './options.js'

export interface Call extends Words {
  api: Api
  /** Of the words and flags; undefined for all namespaces. */
  namespace: string | undefined
}

export const say = ({ api }: Call, text: string) => api.process.stdout.write(encode(text))
export const tell = ({ api }: Call, text: string) => api.process.stderr.write(encode(text))
