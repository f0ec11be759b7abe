/**
 * A socket that listens inside a sandbox and is served out here: a socket belongs to the network namespace in which it was made, so a
 * short-lived process makes it there and hands it over. Nothing of ours stays inside.
 */
import { spawn } from 'node:child_process'
import type { Server } from 'node:net'

const PROGRAM = `
const server = require('node:net').createServer()
server.on('error', (error) => process.send({ error: error.code }, () => process.exit(1)))
server.listen(Number(process.argv[1]), '127.0.0.1', () => process.send('listening', server, () => process.exit(0)))
`

const LONGEST_MS = 10_000

/**
 * @param enter  words that run a program inside, as `Sandbox.enterNetwork` gives them
 * @returns null where the port inside is taken: another server of this installation serves it
 */
export function listenInside(enter: readonly [string, ...string[]], port: number): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const [program, ...words] = enter
    const child = spawn(program, [...words, process.execPath, '-e', PROGRAM, String(port)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      timeout: LONGEST_MS,
    })
    let complaint = ''
    child.stderr?.on('data', (text) => {
      complaint += text
    })
    child.on('error', reject)
    child.on('message', (message: unknown, handle: unknown) => {
      if (handle) resolve(handle as Server)
      else if ((message as { error?: string }).error === 'EADDRINUSE') resolve(null)
      else reject(new Error(`no socket in the sandbox: ${JSON.stringify(message)}`))
    })
    child.on('exit', (code) => {
      if (code !== 0) reject(new Error(`no socket in the sandbox: ${complaint.trim() || `ended with ${code}`}`))
    })
  })
}
