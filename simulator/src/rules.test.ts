/** Rules of the house that the linter cannot say: who may look at the clock, and who may know the storage. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('.', import.meta.url))
const sources = (readdirSync(root, { recursive: true }) as string[]).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('generated'),
)
const textOf = (file: string) => readFileSync(join(root, file), 'utf8')
const breaking = (files: string[], pattern: RegExp) => files.filter((file) => pattern.test(textOf(file)))

test('only time/ knows the real clock and real chance', () => {
  const others = sources.filter((file) => !file.startsWith('time/'))
  expect(breaking(others, /\bDate\.now\(|\bnew Date\(\)|\bsetTimeout\(|\bsetInterval\(|\bMath\.random\(/)).toEqual([])
})

test('controllers, scheduler and kubelet know the client alone', () => {
  const components = sources.filter((file) => /^(controllers|scheduler|kubelet)\//.test(file))
  expect(breaking(components, /from '(\.\.\/)+(storage|api\/(server|context|verbs|hooks|subresources|wire))\b/)).toEqual([])
})

test('only the listener opens sockets', () => {
  const others = sources.filter((file) => !file.startsWith('listener/'))
  expect(breaking(others, /from 'node:(net|https?|dgram|http2)'/)).toEqual([])
  // TLS is spoken over bytes in memory, too.
  expect(breaking(others, /from 'node:tls'/)).toEqual(['network/tls/serve.ts'])
})
