import type { Process, Program } from '../containers/process.js'
import { type Running, still } from '../containers/process-table.js'
import { busyboxPrograms } from '../shell/commands/index.js'
import { curl } from '../shell/commands/network/curl.js'
import { timestamp } from '../time/clock.js'
import type { Image } from './image.js'
import { ended } from './serving.js'

const WELCOME = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, nginx is successfully installed and working.
Further configuration is required.</p>
</body>
</html>
`
const notFound = (version: string) =>
  `<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx/${version}</center>\r\n</body>\r\n</html>\r\n`

/** The port of the first `listen` line of the configuration, and the folder of the first `root`. */
function settings({ machine }: Process): { port: number; root: string } {
  const path = '/etc/nginx/conf.d/default.conf'
  const text = machine.fs.exists(path) ? machine.fs.read(path) : ''
  return {
    port: Number(/^\s*listen\s+(?:[\d.]+:)?(\d+)/m.exec(text)?.[1] ?? 80),
    root: /^\s*root\s+([^;]+);/m.exec(text)?.[1]?.trim() ?? '/usr/share/nginx/html',
  }
}

const WORKERS = 2

/** The master process shows itself as such, and its workers beside it. */
function startWorkers({ running, argv, machine }: Process): Running[] {
  if (!running) return []
  running.argv = ['nginx:', 'master', 'process', ...argv]
  const user = { uid: 101, gid: 101, name: 'nginx' }
  const worker = { ...still(['nginx:', 'worker', 'process'], user), parent: running, startedAtMs: machine.clock.now() }
  return Array.from({ length: WORKERS }, () => machine.processes.add({ ...worker, machine }))
}

const nginx: Program = async (process) => {
  const { machine } = process
  if (process.argv[1] === '-v') {
    await process.stderr.write(`nginx version: nginx/${process.env.get('NGINX_VERSION') ?? '1.28.0'}\n`)
    return 0
  }
  if (process.argv[1] === '-t' || process.argv[1] === '-s') {
    if (process.argv[1] === '-t')
      await process.stderr.write(
        'nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n',
      )
    return 0
  }
  machine.main.handlesTerm = true
  const { port, root } = settings(process)
  const version = process.env.get('NGINX_VERSION') ?? '1.28.0'
  const isFree = machine.network.listen(port, (request, from) => {
    const path = request.path.split('?')[0] ?? '/'
    const full = `${root}${path.endsWith('/') ? `${path}index.html` : path}`
    const node = machine.fs.stat(full)
    const found = node?.type === 'file'
    const body = found ? node.data : notFound(version)
    const status = found ? 200 : 404
    void process.stdout.write(
      `${from} - - [${timestamp(machine.clock.now())}] "${request.method} ${request.path} HTTP/1.1" ${status} ${body.length} "-" "${request.headers['user-agent'] ?? '-'}" "-"\n`,
    )
    return {
      status,
      headers: { Server: `nginx/${version}`, 'Content-Type': 'text/html', 'Content-Length': String(body.length) },
      body: request.method === 'HEAD' ? '' : body,
    }
  })
  if (!isFree) {
    await process.stderr.write(`nginx: [emerg] bind() to 0.0.0.0:${port} failed (98: Address already in use)\n`)
    return 1
  }
  await process.stderr.write(
    `${timestamp(machine.clock.now())} [notice] 1#1: nginx/${version}\n${timestamp(machine.clock.now())} [notice] 1#1: start worker processes\n`,
  )
  const workers = startWorkers(process)
  machine.main.reload = () =>
    void process.stderr.write(`${timestamp(machine.clock.now())} [notice] 1#1: signal 1 (SIGHUP) received, reconfiguring\n`)
  await ended(process)
  for (const worker of workers) machine.processes.remove(worker)
  machine.network.unlisten(port)
  return 0
}

const NGINX_CONF = `
user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;


events {
    worker_connections  1024;
}


http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;

    access_log  /var/log/nginx/access.log;

    sendfile        on;
    keepalive_timeout  65;

    include /etc/nginx/conf.d/*.conf;
}
`

const files = {
  '/etc/passwd':
    'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\nnginx:x:101:101:nginx user:/nonexistent:/bin/false\n',
  '/etc/nginx/nginx.conf': NGINX_CONF,
  '/usr/share/nginx/html/index.html': WELCOME,
  '/etc/nginx/conf.d/default.conf':
    'server {\n    listen       80;\n    server_name  localhost;\n    location / {\n        root   /usr/share/nginx/html;\n        index  index.html;\n    }\n}\n',
}

export const nginxImage: Image = {
  repository: 'docker.io/library/nginx',
  tags: /^(latest|stable|mainline|alpine|1|1\.([7-9]|1[0-9]|2[0-9])(\.\d{1,2})?)(-(alpine|perl|bookworm|alpine-slim))?$/,
  command: ['nginx', '-g', 'daemon off;'],
  programs: { ...busyboxPrograms, bash: busyboxPrograms.sh as Program, curl, nginx },
  env: { NGINX_VERSION: '1.28.0' },
  files,
  sizeBytes: 72_000_000,
}
