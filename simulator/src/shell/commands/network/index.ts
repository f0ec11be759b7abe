import type { Program } from '../../../containers/process.js'
import { dig, host, nslookup } from './dns-tools.js'
import { httpd } from './httpd.js'
import { interfaceCommands, ss } from './interfaces.js'
import { nc, telnet } from './nc.js'
import { ping, traceroute } from './ping.js'
import { wget } from './wget.js'

/** What BusyBox has. */
export const networkCommands: Record<string, Program> = {
  wget,
  nslookup,
  nc,
  telnet,
  ping,
  traceroute,
  httpd,
  ...interfaceCommands,
}

/** What the packages `bind-tools` and `iproute2` bring. */
export const networkTools: Record<string, Program> = { dig, host, ss }
