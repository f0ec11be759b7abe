/** Python as far as labs start it: `python -m http.server`. Other programs need a real one, and it says so. */
import { normalize } from '../containers/file-system.js'
import type { Program } from '../containers/process.js'
import { encode } from '../containers/stream.js'
import { busyboxPrograms } from '../shell/commands/index.js'
import { httpDate } from '../time/clock.js'
import type { Image } from './image.js'
import { logTime, mimeOf, serveUntilEnded } from './serving.js'

const VERSION = '3.13.7'

function listing(path: string, names: string[]): string {
  const items = names.map((name) => `<li><a href="${name}">${name}</a></li>`).join('\n')
  return `<!DOCTYPE HTML>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Directory listing for ${path}</title>\n</head>\n<body>\n<h1>Directory listing for ${path}</h1>\n<hr>\n<ul>\n${items}\n</ul>\n<hr>\n</body>\n</html>\n`
}

const webServer: Program = async (process) => {
  const args = process.argv.slice(3)
  const at = args.findIndex((arg) => arg === '-d' || arg === '--directory')
  const root = normalize(at < 0 ? '.' : (args[at + 1] ?? '.'), process.cwd)
  const port = Number(args.find((arg) => /^\d+$/.test(arg)) ?? 8000)
  const { fs, network, clock } = process.machine
  const isFree = network.listen(port, {
    program: 'python',
    http({ method, path }, from) {
      const bare = decodeURIComponent(path.split('?')[0] ?? '/')
      const full = normalize(`${root}${bare}`)
      const index = fs.isDirectory(full) ? `${full}/index.html` : full
      const node = fs.stat(index)
      const isFolder = node === undefined && fs.isDirectory(full)
      const body =
        node?.type === 'file' ? node.data : isFolder ? encode(listing(bare, fs.list(full))) : 'Nothing matches the given URI.\n'
      const status = node?.type === 'file' || isFolder ? 200 : 404
      void process.stderr.write(encode(`${from} - - [${logTime(clock.now())}] "${method} ${path} HTTP/1.1" ${status} -\n`))
      const type = isFolder || status === 404 ? 'text/html; charset=utf-8' : mimeOf(index)
      const headers = {
        Server: `SimpleHTTP/0.6 Python/${VERSION}`,
        Date: httpDate(clock.now()),
        'Content-type': type,
        'Content-Length': String(body.length),
      }
      return { status, headers, body: method === 'HEAD' ? '' : body }
    },
  })
  if (!isFree) {
    await process.stderr.write('OSError: [Errno 98] Address already in use\n')
    return 1
  }
  await process.stdout.write(`Serving HTTP on 0.0.0.0 port ${port} (http://0.0.0.0:${port}/) ...\n`)
  return serveUntilEnded(process, [port])
}

const python: Program = async (process) => {
  const [, flag, module] = process.argv
  if (flag === '--version' || flag === '-V') {
    await process.stdout.write(`Python ${VERSION}\n`)
    return 0
  }
  if (flag === '-m' && module === 'http.server') return webServer(process)
  await process.stderr.write(
    'python: the simulated cluster runs `python -m http.server` alone; take the kind engine for other programs\n',
  )
  return 1
}

export const pythonImage: Image = {
  repository: 'docker.io/library/python',
  tags: /^(latest|3|3\.\d+(\.\d+)?|alpine|slim)(-(alpine|slim|bookworm|slim-bookworm|trixie))?$/,
  command: ['python3'],
  programs: { ...busyboxPrograms, bash: busyboxPrograms.sh as Program, python, python3: python },
  sizeBytes: 45_000_000,
}
