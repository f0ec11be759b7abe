/** Apache's web server. */
import type { Program } from '../containers/process.js'
import { encode } from '../containers/stream.js'
import { busyboxPrograms } from '../shell/commands/index.js'
import { httpDate } from '../time/clock.js'
import type { Image } from './image.js'
import { logTime, mimeOf, serveUntilEnded } from './serving.js'

const VERSION = '2.4.65'
const ROOT = '/usr/local/apache2/htdocs'
const NOT_FOUND = `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">
<html><head>
<title>404 Not Found</title>
</head><body>
<h1>Not Found</h1>
<p>The requested URL was not found on this server.</p>
</body></html>
`

const httpd: Program = async (process) => {
  const { machine } = process
  if (process.argv.includes('-v')) {
    await process.stdout.write(`Server version: Apache/${VERSION} (Unix)\n`)
    return 0
  }
  const conf = machine.fs.exists('/usr/local/apache2/conf/httpd.conf')
    ? machine.fs.read('/usr/local/apache2/conf/httpd.conf')
    : ''
  const port = Number(/^\s*Listen\s+(?:[\d.]+:)?(\d+)/m.exec(conf)?.[1] ?? 80)
  const { address, listen } = machine.network
  const isFree = listen(port, {
    program: 'httpd',
    http(request, from) {
      const path = request.path.split('?')[0] ?? '/'
      const wanted = `${ROOT}${path}`
      const full = machine.fs.isDirectory(wanted) ? `${wanted.replace(/\/$/, '')}/index.html` : wanted
      const node = machine.fs.stat(full)
      const isThere = node?.type === 'file'
      const body = isThere ? node.data : NOT_FOUND
      const status = isThere ? 200 : 404
      const line = `${from} - - [${logTime(machine.clock.now())}] "${request.method} ${request.path} HTTP/1.1" ${status} ${body.length}\n`
      void process.stdout.write(encode(line))
      const headers = {
        Date: httpDate(machine.clock.now()),
        Server: `Apache/${VERSION} (Unix)`,
        'Content-Length': String(body.length),
        'Content-Type': isThere ? mimeOf(full) : 'text/html; charset=iso-8859-1',
      }
      return { status, headers, body: request.method === 'HEAD' ? '' : body }
    },
  })
  if (!isFree) {
    await process.stderr.write(`(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:${port}\n`)
    return 1
  }
  const name = `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${address}. Set the 'ServerName' directive globally to suppress this message\n`
  await process.stderr.write(name + name)
  const time = new Date(machine.clock.now()).toUTCString()
  await process.stderr.write(
    `[${time}] [mpm_event:notice] [pid 1:tid 1] AH00489: Apache/${VERSION} (Unix) configured -- resuming normal operations\n[${time}] [core:notice] [pid 1:tid 1] AH00094: Command line: 'httpd -D FOREGROUND'\n`,
  )
  return serveUntilEnded(process, [port])
}

export const httpdImage: Image = {
  repository: 'docker.io/library/httpd',
  tags: /^(latest|2|2\.4(\.\d+)?|alpine)(-(alpine|bookworm|trixie))?$/,
  command: ['httpd-foreground'],
  programs: { ...busyboxPrograms, bash: busyboxPrograms.sh as Program, httpd, 'httpd-foreground': httpd },
  workingDirectory: '/usr/local/apache2',
  files: {
    [`${ROOT}/index.html`]: '<html><body><h1>It works!</h1></body></html>\n',
    '/usr/local/apache2/conf/httpd.conf': 'Listen 80\nDocumentRoot "/usr/local/apache2/htdocs"\n',
  },
  sizeBytes: 57_000_000,
}
