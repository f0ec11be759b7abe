import { command, complain, readOptions, resolve } from '../command.js'

/** BusyBox' web server: the files below a folder. */
export const httpd = command(async (process, args) => {
  const { flags, values } = readOptions(args, ['p', 'h', 'c', 'u'])
  const port = Number((values.get('p') ?? '80').split(':').at(-1))
  const root = resolve(process, values.get('h') ?? '.')
  const { fs, network } = process.machine
  const isFree = network.listen(port, (request) => {
    const path = `${root}${request.path.split('?')[0]}`.replace(/\/$/, '/index.html')
    const node = fs.stat(path)
    if (node?.type !== 'file')
      return {
        status: 404,
        headers: { 'Content-type': 'text/html' },
        body: '<HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD>\n<BODY><H1>404 Not Found</H1>\nThe requested URL was not found\n</BODY></HTML>\n',
      }
    return { status: 200, headers: { 'Content-type': 'text/html', 'Content-Length': String(node.data.length) }, body: node.data }
  })
  if (!isFree) {
    complain(process, 'bind: Address already in use')
    return 1
  }
  if (!flags.has('f')) return 0
  await new Promise<void>((done) =>
    process.signal.aborted ? done() : process.signal.addEventListener('abort', () => done(), { once: true }),
  )
  network.unlisten(port)
  return 143
})
