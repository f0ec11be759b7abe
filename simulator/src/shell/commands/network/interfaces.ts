/** ip, ifconfig, route, arp, ss and netstat: what a Pod sees of its own network. */
import { holds } from '../../../containers/kernel-view.js'
import type { OpenPort } from '../../../containers/network.js'
import type { Process, Program } from '../../../containers/process.js'
import { encode } from '../../../containers/stream.js'
import { command, complain } from '../command.js'

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

const ip = command(async (process, args) => {
  const { network } = process.machine
  const words = args.filter((arg) => !arg.startsWith('-'))
  const [object = '', action = 'show'] = words
  const say = (text: string) => process.stdout.write(text)
  if (!/^(show|list|ls|s|l)$/.test(action) && !(object.startsWith('r') && action === 'get')) {
    const may = holds(process.machine.kernel, 'NET_ADMIN')
    complain(
      process,
      may ? 'interfaces of a simulated container cannot be changed' : 'RTNETLINK answers: Operation not permitted',
    )
    return 2
  }
  if ('address'.startsWith(object) && object)
    await say(args.includes('-br') ? brief(network.address) : addressReport(network.address))
  else if ('link'.startsWith(object) && object) await say(linkReport(network.address))
  else if ('route'.startsWith(object) && action === 'get')
    await say(`${words[2] ?? ''} via ${network.gateway} dev eth0  src ${network.address} \n`)
  else if ('route'.startsWith(object) && object) await say(routeReport(network))
  else if ('neighbour'.startsWith(object) && object)
    await say(`${network.gateway} dev eth0 lladdr ${hardwareAddress(network.gateway)} ref 1 used 0/0/0 probes 1 REACHABLE\n`)
  else {
    await process.stderr.write('Usage: ip [OPTIONS] address|route|link|neigh [ARGS]\n')
    return 1
  }
  return 0
})

const ifconfig: Program = async ({ machine, stdout }) => {
  const { address } = machine.network
  const mask = isHost(address) ? '255.255.0.0' : '255.255.255.0'
  await stdout.write(
    `eth0      Link encap:Ethernet  HWaddr ${hardwareAddress(address).toUpperCase()}  \n          inet addr:${address}  Bcast:${broadcastOf(address)}  Mask:${mask}\n` +
      '          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1\n\n' +
      'lo        Link encap:Local Loopback  \n          inet addr:127.0.0.1  Mask:255.0.0.0\n          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n\n',
  )
  return 0
}

const route: Program = async ({ machine, stdout }) => {
  const { gateway } = machine.network
  const row = (...cells: string[]) => `${cells.map((cell) => cell.padEnd(15)).join(' ')} UG    0      0        0 eth0\n`
  await stdout.write(
    `Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n${row('0.0.0.0', gateway, '0.0.0.0')}`,
  )
  return 0
}

const arp: Program = async ({ machine, stdout }) => {
  const { gateway } = machine.network
  await stdout.write(`? (${gateway}) at ${hardwareAddress(gateway)} [ether]  on eth0\n`)
  return 0
}

const wantedPorts = ({ machine, argv }: Process): OpenPort[] => {
  const letters = argv
    .slice(1)
    .filter((arg) => arg.startsWith('-'))
    .join('')
  const wantsTcp = letters.includes('t') || !letters.includes('u')
  const wantsUdp = letters.includes('u') || !letters.includes('t')
  return machine.network.ports().filter(({ protocol }) => (protocol === 'tcp' ? wantsTcp : wantsUdp))
}

const netstat: Program = async (process) => {
  const showsProgram = process.argv.slice(1).some((arg) => /^-\w*p/.test(arg))
  const program = (name: string) => (showsProgram ? `1/${name || process.machine.main.argv[0] || '-'}` : '')
  const rows = wantedPorts(process).map(({ protocol, port, program: name }) =>
    `${protocol.padEnd(5)}      0      0 ${`0.0.0.0:${port}`.padEnd(23)} ${'0.0.0.0:*'.padEnd(23)} ${(protocol === 'tcp' ? 'LISTEN' : '').padEnd(11)} ${program(name)}`.trimEnd(),
  )
  const head = `Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address           Foreign Address         State       ${showsProgram ? 'PID/Program name    ' : ''}`
  await process.stdout.write(encode(`${[head, ...rows].join('\n')}\n`))
  return 0
}

export const ss: Program = async (process) => {
  const showsProgram = process.argv.slice(1).some((arg) => /^-\w*p/.test(arg))
  const rows = wantedPorts(process).map(({ protocol, port, program }) => {
    const state = protocol === 'tcp' ? 'LISTEN' : 'UNCONN'
    const users = showsProgram ? `users:(("${program || process.machine.main.argv[0]}",pid=1,fd=6))` : ''
    return `${protocol.padEnd(5)} ${state.padEnd(6)} 0      ${protocol === 'tcp' ? '511' : '0  '}          ${`0.0.0.0:${port}`.padEnd(18)} 0.0.0.0:*    ${users}`.trimEnd()
  })
  await process.stdout.write(
    encode(`${['Netid State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess', ...rows].join('\n')}\n`),
  )
  return 0
}

export const interfaceCommands: Record<string, Program> = { ip, ifconfig, route, arp, netstat }
