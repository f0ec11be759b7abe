/**
 * The server under measurement: the real one, on an engine whose one machine is a container that stands already.
 * `node bench-server.js DATA_DIRECTORY CONTAINER` prints the address that signs in, as JSON.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { sampleCatalogue } from '../../attempts/testing/sample-content.js'
import { ScriptedGrader } from '../../attempts/testing/scripted-grader.js'
import { readConfig } from '../../config/read.js'
import type { KeeperChannel } from '../../engines/engine.js'
import { FakeEngine } from '../../engines/testing/fake-engine.js'
import { startServer } from '../../main.js'

const [dataDirectory, container] = process.argv.slice(2)
if (!dataDirectory || !container) throw new Error('usage: bench-server.js DATA_DIRECTORY CONTAINER')

/** As the kind engine does it. */
function openKeeper(): KeeperChannel {
  const child = spawn('docker', ['exec', '-i', '-u', '0', String(container), '/usr/local/bin/wheelhouse-keeper', 'connect'])
  const ended = new Promise<{ exitCode: number; stderr: string }>((resolve) =>
    child.on('close', (code) => resolve({ exitCode: code ?? 137, stderr: '' })),
  )
  return { input: child.stdin, output: child.stdout, ended, close: () => child.kill() }
}

const { signInUrl } = await startServer({
  config: readConfig({ dataDirectory, flags: { 'http.port': '0', 'http.requestsPerMinute': '100000', 'log.level': 'warn' } }),
  dataDirectory,
  makeEngine: async () => new FakeEngine(join(dataDirectory, 'machines'), { openKeeper }),
  makeGrader: async () => new ScriptedGrader(),
  loadCatalogue: async () => sampleCatalogue(),
})
process.stdout.write(`${JSON.stringify({ signInUrl })}\n`)
