/** The pages that nginx makes itself. */
import type { HttpResponse } from '../../containers/network.js'

const TITLES: Record<number, string> = {
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Authorization Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Not Allowed',
  408: 'Request Time-out',
  409: 'Conflict',
  410: 'Gone',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
  505: 'HTTP Version Not Supported',
}

/** @param mark what stands at its foot: the name of the server */
export function page(status: number, mark: string, headers: Record<string, string> = {}): HttpResponse {
  const title = TITLES[status]
  const body = title
    ? `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n<hr><center>${mark}</center>\r\n</body>\r\n</html>\r\n`
    : ''
  return { status, headers: { 'Content-Type': 'text/html', ...headers }, body }
}

const PLAIN = 'The plain HTTP request was sent to HTTPS port'

export const needsTls = (mark: string): HttpResponse => {
  const body = `<html>\r\n<head><title>400 ${PLAIN}</title></head>\r\n<body>\r\n<center><h1>400 Bad Request</h1></center>\r\n<center>${PLAIN}</center>\r\n<hr><center>${mark}</center>\r\n</body>\r\n</html>\r\n`
  return { status: 400, headers: { 'Content-Type': 'text/html', Connection: 'close' }, body }
}

/** `autoindex`: what is in a folder. */
export function listing(path: string, entries: { name: string; isFolder: boolean; mtimeMs: number; bytes: number }[]): string {
  const row = ({ name, isFolder, mtimeMs, bytes }: (typeof entries)[number]) => {
    const shown = isFolder ? `${name}/` : name
    const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) (\d\d:\d\d)/.exec(new Date(mtimeMs).toUTCString()) ?? []
    const date = `${day}-${month}-${year} ${time}`
    return `<a href="${encodeURI(shown)}">${shown}</a>${' '.repeat(Math.max(1, 51 - shown.length))}${date} ${(isFolder ? '-' : String(bytes)).padStart(19)}\n`
  }
  return `<html>\r\n<head><title>Index of ${path}</title></head>\r\n<body>\r\n<h1>Index of ${path}</h1><hr><pre><a href="../">../</a>\r\n${entries.map(row).join('')}</pre><hr></body>\r\n</html>\r\n`
}
