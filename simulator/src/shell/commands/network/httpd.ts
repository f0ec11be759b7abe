/** BusyBox' web server: the files below a folder. */
import type { HttpRequest, HttpResponse } from '../../../containers/network.js'
import type { Process } from '../../../containers/process.js'
import { httpDate } from '../../../time/clock.js'
import { applet, complain, resolve, wholeNumber } from '../command.js'

const TYPES: Record<string, string> = {
  html: 'text/html',
  txt: 'text/plain',
  json: 'application/json',
  css: 'text/css',
  js: 'text/javascript',
}

const refusal = (status: number, title: string, text: string, now: string): HttpResponse => {
  const body = `<HTML><HEAD><TITLE>${status} ${title}</TITLE></HEAD>\n<BODY><H1>${status} ${title}</H1>\n${text}\n</BODY></HTML>\n`
  return { status, headers: { Date: now, Connection: 'close', 'Content-type': 'text/html' }, body }
}

function answer({ machine }: Process, root: string, { method, path }: HttpRequest): HttpResponse {
  const now = httpDate(machine.clock.now())
  if (!['GET', 'HEAD'].includes(method)) return refusal(501, 'Not Implemented', 'The requested method is not recognized', now)
  const wanted = `${root}${decodeURIComponent(path.split('?')[0] ?? '/')}`
  const full = machine.fs.isDirectory(wanted) ? `${wanted.replace(/\/$/, '')}/index.html` : wanted
  const node = machine.fs.stat(full)
  if (node?.type !== 'file') return refusal(404, 'Not Found', 'The requested URL was not found', now)
  const tag = `"${Math.floor(node.mtimeMs / 1000).toString(16)}-${node.data.length.toString(16)}"`
  const headers = {
    Date: now,
    Connection: 'close',
    'Content-type': TYPES[full.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
    'Accept-Ranges': 'bytes',
    'Last-Modified': httpDate(node.mtimeMs),
    ETag: tag,
    'Content-Length': String(node.data.length),
  }
  return { status: 200, headers, body: method === 'HEAD' ? '' : node.data }
}

export const httpd = applet('[-fv] [-p PORT] [-h HOME]', async (process, { flags, values }) => {
  const port = wholeNumber((values.get('p') ?? '80').split(':').at(-1) ?? '')
  const root = resolve(process, values.get('h') ?? '.')
  const { network, random } = process.machine
  const serve = (request: HttpRequest, from: string): HttpResponse => {
    const response = answer(process, root, request)
    if (flags.has('v'))
      void process.stderr.write(`[::ffff:${from}]:${32768 + random.below(28000)}: response:${response.status}\n`)
    return response
  }
  if (!network.listen(port, { http: serve, program: 'httpd' })) {
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
