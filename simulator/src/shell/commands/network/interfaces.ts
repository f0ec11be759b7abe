/** ip, ifconfig, route, arp, ss and netstat: what a Pod sees of its own network. */
import { holds } from '../../../containers/kernel-view.js'
import type { OpenPort } from '../../../containers/network.js'
import type { Process, Program } from '../../../containers/process.js'
import { encode } from '../../../containers/stream.js'
import { applet, command, complain, UsageError, WordError } from '../command.js'

const hex = (number: number): string => number.toString(16).padStart(2, '0')
/** As the container network plugin derives it from the address. */
const hardwareAddress = (address: string): string =>
  ['0a', '58', ...address.split('.').map((part) => hex(Number(part)))].join(':')
const isHost = (address: string): boolean => address.startsWith('172.')
const prefixOf = (address: string): number => (isHost(address) ? 16 : 24)
const broadcastOf = (address: string): string =>
  isHost(address) ? address.replace(/\d+\.\d+$/, '255.255') : address.replace(/\d+$/, '255')

function addressReport(address: string): string {
  return (
    '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n' +
    '    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n' +
    '    inet6 ::1/128 scope host \n       valid_lft forever preferred_lft forever\n' +
    '2: eth0@if7: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1500 qdisc noqueue qlen 1000\n' +
    `    link/ether ${hardwareAddress(address)} brd ff:ff:ff:ff:ff:ff\n` +
    `    inet ${address}/${prefixOf(address)} brd ${broadcastOf(address)} scope global eth0\n       valid_lft forever preferred_lft forever\n`
  )
}

const linkReport = (address: string): string =>
  addressReport(address)
    .split('\n')
    .filter((line) => /^\d|link\//.test(line))
    .map((line) => `${line}\n`)
    .join('')

function routeReport({ address, gateway }: { address: string; gateway: string }): string {
  const network = isHost(address) ? address.replace(/\d+\.\d+$/, '0.0') : address.replace(/\d+$/, '0')
  return `default via ${gateway} dev eth0 \n${network}/${prefixOf(address)} via ${gateway} dev eth0  src ${address} \n${gateway} dev eth0 scope link  src ${address} \n`
}

const brief = (address: string): string =>
  `lo               UNKNOWN        127.0.0.1/8 ::1/128 \neth0@if7         UP             ${address}/${prefixOf(address)} \n`

const IP_OPTIONS = ['-4', '-br', '-brief', '-o', '-oneline', '-c', '-f', '-family']
const IP_USAGE = '[OPTIONS] address|route|link|neigh [ARGS]'

interface IpCall {
  object: string
  action: string
  rest: string[]
  isBrief: boolean
}

/** `-f` may bear `inet`. @throws UsageError */
function readIp(args: string[]): IpCall {
  const unknown = args.find((arg) => arg.startsWith('-') && !IP_OPTIONS.includes(arg))
  const words = args.filter((arg, index) => !arg.startsWith('-') && !/^-f(amily)?$/.test(args[index - 1] ?? ''))
  const [object = '', action = 'show', ...rest] = words
  const family = args[args.findIndex((arg) => /^-f(amily)?$/.test(arg)) + 1]
  if (unknown || !object || (args.some((arg) => /^-f/.test(arg)) && family !== 'inet')) throw new UsageError('')
  return { object, action, rest, isBrief: args.some((arg) => arg.startsWith('-br')) }
}

/** `show dev eth0`, `show eth0`: which interface is asked for. @throws WordError */
function deviceOf(rest: string[]): string | undefined {
  const [device] = rest.filter((word) => word !== 'dev')
  if (device !== undefined && !['lo', 'eth0'].includes(device)) throw new WordError(`can't find device '${device}'`)
  return device
}

const INDEX: Record<string, string> = { lo: '1', eth0: '2' }

/** The lines about one interface alone. */
function onlyOf(report: string, device: string | undefined): string {
  if (device === undefined) return report
  let isOwn = false
  return report
    .split(/(?<=\n)/)
    .filter((line) => {
      const [, index] = /^(\d+): /.exec(line) ?? []
      if (index !== undefined) isOwn = index === INDEX[device]
      return /^\d+: | {4}/.test(line) ? isOwn : line.startsWith(device)
    })
    .join('')
}

const ip = command(
  async (process, args) => {
    const { network, kernel } = process.machine
    const { object, action, rest, isBrief } = readIp(args)
    const say = (text: string) => process.stdout.write(text)
    const isGet = object.startsWith('r') && action === 'get'
    if (!/^(show|list|ls|s|l|lst)$/.test(action) && !isGet) {
      const may = holds(kernel, 'NET_ADMIN')
      complain(
        process,
        may ? 'interfaces of a simulated container cannot be changed' : 'RTNETLINK answers: Operation not permitted',
      )
      return 2
    }
    if ('address'.startsWith(object))
      await say(onlyOf(isBrief ? brief(network.address) : addressReport(network.address), deviceOf(rest)))
    else if ('link'.startsWith(object)) await say(onlyOf(linkReport(network.address), deviceOf(rest)))
    else if ('route'.startsWith(object) && isGet)
      await say(`${rest[0] ?? ''} via ${network.gateway} dev eth0  src ${network.address} \n`)
    else if ('route'.startsWith(object)) await say(routeReport(network))
    else if ('neighbour'.startsWith(object) || object === 'neighbor')
      await say(`${network.gateway} dev eth0 lladdr ${hardwareAddress(network.gateway)} ref 1 used 0/0/0 probes 1 REACHABLE\n`)
    else throw new UsageError('')
    return 0
  },
  { usage: IP_USAGE },
)

const LOOPBACK =
  'lo        Link encap:Local Loopback  \n          inet addr:127.0.0.1  Mask:255.0.0.0\n          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n\n'

/** What follows the name of an interface would change it. */
const ifconfig: Program = command(async (process, args) => {
  const { network, kernel } = process.machine
  const { address } = network
  const mask = isHost(address) ? '255.255.0.0' : '255.255.255.0'
  const reports: Record<string, string> = {
    eth0:
      `eth0      Link encap:Ethernet  HWaddr ${hardwareAddress(address).toUpperCase()}  \n          inet addr:${address}  Bcast:${broadcastOf(address)}  Mask:${mask}\n` +
      '          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1\n\n',
    lo: LOOPBACK,
  }
  const [name, ...changes] = args[0] === '-a' ? args.slice(1) : args
  if (name !== undefined && !reports[name]) throw new WordError(`${name}: error fetching interface information: Device not found`)
  if (changes.length > 0)
    throw new WordError(
      holds(kernel, 'NET_ADMIN')
        ? 'interfaces of a simulated container cannot be changed'
        : 'SIOCSIFADDR: Operation not permitted',
    )
  await process.stdout.write(name === undefined ? Object.values(reports).join('') : (reports[name] ?? ''))
  return 0
})

const routeTable = ({ gateway }: { gateway: string }): string => {
  const row = (...cells: string[]) => `${cells.map((cell) => cell.padEnd(15)).join(' ')} UG    0      0        0 eth0\n`
  return `Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n${row('0.0.0.0', gateway, '0.0.0.0')}`
}

const route: Program = applet('[-n] [{add|del} TARGET]', async ({ machine, stdout }, { operands }) => {
  if (operands.length > 0)
    throw new WordError(
      holds(machine.kernel, 'NET_ADMIN')
        ? 'routes of a simulated container cannot be changed'
        : 'SIOCADDRT: Operation not permitted',
    )
  await stdout.write(routeTable(machine.network))
  return 0
})

const arp: Program = applet('[-an]', async ({ machine, stdout }) => {
  const { gateway } = machine.network
  await stdout.write(`? (${gateway}) at ${hardwareAddress(gateway)} [ether]  on eth0\n`)
  return 0
})

const wantedPorts = ({ machine }: Process, flags: Set<string>): OpenPort[] => {
  const wantsTcp = flags.has('t') || !flags.has('u')
  const wantsUdp = flags.has('u') || !flags.has('t')
  return machine.network.ports().filter(({ protocol }) => (protocol === 'tcp' ? wantsTcp : wantsUdp))
}

/** Only ports that are listened at are known: connections of programs last no longer than their requests. */
const netstat: Program = applet('[-ral] [-tu] [-nWpe]', async (process, { flags }) => {
  if (flags.has('r')) {
    await process.stdout.write(routeTable(process.machine.network))
    return 0
  }
  const program = (name: string) => (flags.has('p') ? `1/${name || process.machine.main.argv[0] || '-'}` : '')
  const isOpen = flags.has('l') || flags.has('a')
  const rows = (isOpen ? wantedPorts(process, flags) : []).map(({ protocol, port, program: name }) =>
    `${protocol.padEnd(5)}      0      0 ${`0.0.0.0:${port}`.padEnd(23)} ${'0.0.0.0:*'.padEnd(23)} ${(protocol === 'tcp' ? 'LISTEN' : '').padEnd(11)} ${program(name)}`.trimEnd(),
  )
  const what = flags.has('a') ? 'servers and established' : flags.has('l') ? 'only servers' : 'w/o servers'
  const head = `Active Internet connections (${what})\nProto Recv-Q Send-Q Local Address           Foreign Address         State       ${flags.has('p') ? 'PID/Program name    ' : ''}`
  await process.stdout.write(encode(`${[head, ...rows].join('\n')}\n`))
  return 0
})

export const ss: Program = applet(
  '[-tulnap] [-4H]',
  async (process, { flags }) => {
    const isOpen = flags.has('l') || flags.has('a')
    const rows = (isOpen ? wantedPorts(process, flags) : []).map(({ protocol, port, program }) => {
      const state = protocol === 'tcp' ? 'LISTEN' : 'UNCONN'
      const users = flags.has('p') ? `users:(("${program || process.machine.main.argv[0]}",pid=1,fd=6))` : ''
      return `${protocol.padEnd(5)} ${state.padEnd(6)} 0      ${protocol === 'tcp' ? '511' : '0  '}          ${`0.0.0.0:${port}`.padEnd(18)} 0.0.0.0:*    ${users}`.trimEnd()
    })
    const head = flags.has('H') ? [] : ['Netid State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess']
    await process.stdout.write(encode([...head, ...rows].map((line) => `${line}\n`).join('')))
    return 0
  },
  { long: { tcp: 't', udp: 'u', listening: 'l', numeric: 'n', all: 'a', processes: 'p' } },
)

export const interfaceCommands: Record<string, Program> = { ip, ifconfig, route, arp, netstat }
