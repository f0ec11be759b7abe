/** Small programs that tell of the system, or do one thing. */
import { normalize, parentOf } from '../../containers/file-system.js'
import { findProgram, type Process, type Program, say } from '../../containers/process.js'
import { spawn } from '../../containers/process-table.js'
import { sleep } from '../../time/clock.js'
import { command, complain, readOptions, resolve } from './command.js'

/** What a simulated node has, in KiB. */
const MEMORY = { total: 8_388_608, used: 1_048_576, free: 6_291_456, shared: 1024, cache: 1_048_576, available: 7_340_032 }

const free = command(async (process, args) => {
  const { flags } = readOptions(args)
  const shown = (kib: number): string => {
    if (flags.has('h')) return kib >= 1024 * 1024 ? `${(kib / 1024 / 1024).toFixed(1)}G` : `${(kib / 1024).toFixed(1)}M`
    return String(
      flags.has('m')
        ? Math.round(kib / 1024)
        : flags.has('g')
          ? Math.round(kib / 1024 / 1024)
          : flags.has('b')
            ? kib * 1024
            : kib,
    )
  }
  const row = (values: number[]) => values.map((kib) => shown(kib).padStart(12)).join('')
  const { total, used, free: unused, shared, cache, available } = MEMORY
  await process.stdout.write(
    `              total        used        free      shared  buff/cache   available\nMem:   ${row([total, used, unused, shared, cache, available])}\nSwap:  ${row([0, 0, 0])}\n`,
  )
  return 0
})

const uptime: Program = async ({ machine, stdout }) => {
  const time = new Date(machine.clock.now()).toISOString().slice(11, 19)
  await say(stdout, ` ${time} up 1 day,  0 users,  load average: 0.00, 0.00, 0.00`)
  return 0
}

const groups: Program = async ({ machine, stdout }) => {
  const { gid, groups: more = [] } = machine.user
  await say(stdout, [...new Set([gid, ...more])].map((id) => (id === 0 ? 'root' : String(id))).join(' '))
  return 0
}

const mktemp = command(async (process, args) => {
  const { flags, operands, values } = readOptions(args, ['p'])
  const folder = values.get('p') ?? (operands[0]?.includes('/') ? '' : '/tmp')
  const template = operands[0] ?? 'tmp.XXXXXX'
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP'
  const name = template.replace(/X+$/, (marks) =>
    [...marks].map(() => letters[process.machine.random.below(letters.length)]).join(''),
  )
  const path = folder ? `${folder}/${name}` : name
  if (flags.has('d')) process.machine.fs.makeDirectory(resolve(process, path), false)
  else process.machine.fs.write(resolve(process, path), '')
  await say(process.stdout, path)
  return 0
})

const realpath = command(async (process, args) => {
  const { fs } = process.machine
  let status = 0
  for (const operand of args.filter((arg) => !arg.startsWith('-'))) {
    let path = resolve(process, operand)
    for (let links = 0; links < 40; links++) {
      const node = fs.stat(path, false)
      if (node?.type !== 'link') break
      path = normalize(node.target, parentOf(path))
    }
    if (fs.exists(path) || fs.exists(parentOf(path))) await say(process.stdout, path)
    else {
      complain(process, `${operand}: No such file or directory`)
      status = 1
    }
  }
  return status
})

const tty: Program = async ({ terminal, stdout }) => {
  await say(stdout, terminal ? '/dev/pts/0' : 'not a tty')
  return terminal ? 0 : 1
}

const usleep: Program = async ({ argv, machine, signal }) => {
  await sleep(machine.clock, Number(argv[1] ?? 0) / 1000, signal)
  return 0
}

async function start(process: Process, argv: string[]): Promise<number> {
  const program = findProgram(process.machine, argv[0] ?? '')
  if (program) return spawn(program, { ...process, argv })
  complain(process, `can't execute '${argv[0] ?? ''}': No such file or directory`)
  return 127
}

/** By the clock of the cluster; nothing here takes time of a processor. */
const time: Program = async (process) => {
  const startMs = process.machine.clock.now()
  const status = await start(
    process,
    process.argv.slice(1).filter((arg) => arg !== '-p'),
  )
  const seconds = (process.machine.clock.now() - startMs) / 1000
  await process.stderr.write(`real\t${Math.floor(seconds / 60)}m ${(seconds % 60).toFixed(2)}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n`)
  return status
}

/** `busybox NAME ARGS`; alone it tells which programs it has. */
const busybox: Program = async (process) => {
  const [, ...argv] = process.argv
  if (argv.length > 0 && argv[0] !== '--list') {
    if (findProgram(process.machine, argv[0] ?? '')) return start(process, argv)
    await process.stderr.write(`${argv[0]}: applet not found\n`)
    return 127
  }
  const names = [...process.machine.programs.keys()].filter((name) => !name.includes('/')).sort()
  if (argv[0] === '--list') await process.stdout.write(names.map((name) => `${name}\n`).join(''))
  else
    await process.stdout.write(
      `BusyBox v1.37.0 multi-call binary.\n\nUsage: busybox [function [arguments]...]\n   or: busybox --list\n\nCurrently defined functions:\n\t${names.join(', ')}\n`,
    )
  return 0
}

export const smallCommands: Record<string, Program> = {
  free,
  uptime,
  groups,
  mktemp,
  realpath,
  tty,
  usleep,
  time,
  busybox,
  sync: async () => 0,
}
