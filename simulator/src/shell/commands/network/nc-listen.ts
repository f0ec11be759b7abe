/** `nc -l`: waits for one connection; `-lk -e PROGRAM` serves each with a program of its own. */
import type { Connection } from '../../../containers/network.js'
import type { Process } from '../../../containers/process.js'
import { complain } from '../command.js'
import { type Deadline, deadline } from './deadline.js'
import { carry, endOf, type NcOptions } from './nc-carry.js'

export async function listen(process: Process, options: NcOptions): Promise<number> {
  const { port, verbosity, waitMs, isPersistent, program } = options
  const { network } = process.machine
  const limit = deadline(process, waitMs / 1000 || undefined)
  const isServer = isPersistent && program.length > 0
  let count = { sent: 0, received: 0 }
  const serve = async (connection: Connection): Promise<void> => {
    if (!isServer) network.unlisten(port)
    limit.clear()
    if (verbosity > 0) await tell(process, port, connection)
    count = { sent: 0, received: 0 }
    await carry(process, { connection, count }, options)
  }
  const over = isServer ? servedAlways(process, port, serve) : servedOnce(process, port, { serve, limit })
  if (!over) {
    complain(process, 'bind: Address already in use')
    return 1
  }
  if (verbosity > 0) await process.stderr.write(`listening on [::]:${port} ...\n`)
  await over
  network.unlisten(port)
  if (limit.hasPassed()) {
    complain(process, 'timeout')
    return 1
  }
  if (verbosity > 1) await process.stderr.write(`sent ${count.sent}, rcvd ${count.received}\n`)
  return endOf(process)
}

type Serve = (connection: Connection) => Promise<void>

/** Ends when the first connection does, or the patience. @returns undefined where the port is taken */
function servedOnce(
  { machine }: Process,
  port: number,
  { serve, limit: { signal } }: { serve: Serve; limit: Deadline },
): Promise<void> | undefined {
  let isTaken = false
  let begin = (_connection: Connection) => {}
  const served = new Promise<void>((resolve, reject) => {
    const stop = () => resolve()
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    begin = (connection) => {
      signal.removeEventListener('abort', stop)
      serve(connection).then(resolve, reject)
    }
  })
  const stream = (connection: Connection) => {
    // The port was closed when the first had come.
    if (isTaken) return connection.close()
    isTaken = true
    begin(connection)
  }
  return machine.network.listen(port, { stream, program: 'nc' }) ? served : undefined
}

/** Ends with the process. @returns undefined where the port is taken */
function servedAlways({ machine, signal }: Process, port: number, serve: Serve): Promise<void> | undefined {
  if (!machine.network.listen(port, { stream: serve, program: 'nc' })) return undefined
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

const tell = ({ machine, stderr }: Process, port: number, { from }: Connection): void | Promise<void> =>
  stderr.write(
    `connect to [::ffff:${machine.network.address}]:${port} from [::ffff:${from}]:${32_768 + machine.random.below(28_000)} ([::ffff:${from}]:${32_768 + machine.random.below(28_000)})\n`,
  )
