/** What asks the kernel: chroot, hostname, sysctl. */
import { FileSystem } from '../../containers/file-system.js'
import { holds } from '../../containers/kernel-view.js'
import { sysctlsOf, systemMounts } from '../../containers/proc-files.js'
import { findProgram, type Machine, type Process, type Program } from '../../containers/process.js'
import { decode, encode } from '../../containers/stream.js'
import { applet, complain, resolve, WordError } from './command.js'

/** The first name of the line of /etc/hosts that has the host's. */
function fullName({ fs, hostname }: Machine): string {
  const node = fs.stat('/etc/hosts')
  const lines = node?.type === 'file' ? decode(node.data).split('\n') : []
  const names = lines.map((line) => line.split(/\s+/).slice(1)).find((each) => each.includes(hostname))
  return names?.[0] ?? hostname
}

const hostname: Program = applet('[-sidf] [HOSTNAME]', async ({ machine, stdout }, { flags, operands: [name] }) => {
  if (name !== undefined) {
    if (!holds(machine.kernel, 'SYS_ADMIN')) throw new WordError('sethostname: Operation not permitted')
    machine.hostname = name
    return 0
  }
  const full = fullName(machine)
  const text = flags.has('i')
    ? machine.network.address
    : flags.has('f')
      ? full
      : flags.has('d')
        ? full.replace(/^[^.]*\.?/, '')
        : flags.has('s')
          ? machine.hostname.replace(/\..*/, '')
          : machine.hostname
  await stdout.write(encode(`${text}\n`))
  return 0
})

/** `chroot FOLDER [PROGRAM ...]`: what it runs sees the folder as its root, and the processes as before. */
const chroot: Program = async (process) => {
  const [, folder = '', ...rest] = process.argv
  const { machine } = process
  if (!holds(machine.kernel, 'SYS_CHROOT')) {
    complain(process, `can't change root directory to '${folder}': Operation not permitted`)
    return 1
  }
  const root = machine.fs.stat(resolve(process, folder))
  if (root?.type !== 'directory') {
    complain(process, `can't change root directory to '${folder}': ${root ? 'Not a directory' : 'No such file or directory'}`)
    return 1
  }
  const argv = rest.length > 0 ? rest : ['/bin/sh', '-i']
  const inner: Machine = { ...machine }
  const system = systemMounts(() => inner)
  inner.fs = new FileSystem({ image: root, shared: true, mounts: system, readOnlyRoot: false, now: () => machine.clock.now() })
  return runIn(process, inner, argv)
}

async function runIn(process: Process, machine: Machine, argv: string[]): Promise<number> {
  const name = argv[0]?.split('/').at(-1) ?? ''
  const program = findProgram(machine, argv[0] ?? '') ?? findProgram(machine, name === 'bash' ? 'sh' : '')
  if (program && ['bin', 'sbin', 'usr/bin'].some((folder) => machine.fs.exists(`/${folder}/${name}`)))
    return program({ ...process, machine, argv, cwd: '/' })
  complain(process, `can't execute '${argv[0]}': No such file or directory`)
  return 127
}

/** What a container has is read-only for it. */
const sysctl: Program = applet('[-enqaw] [KEY[=VALUE]]...', async (process, { flags, operands }) => {
  const known = sysctlsOf(process.machine)
  let status = 0
  for (const operand of flags.has('a') ? Object.keys(known) : operands) {
    const [name = ''] = operand.split('=')
    const value = known[name]
    const isSet = operand.includes('=')
    if (value === undefined && !flags.has('e')) complain(process, `error: '${name}' is an unknown key`)
    else if (isSet) complain(process, `error setting key '${name}': Read-only file system`)
    else if (value !== undefined && !flags.has('q'))
      await process.stdout.write(flags.has('n') ? `${value}\n` : `${name} = ${value}\n`)
    if ((value === undefined && !flags.has('e')) || isSet) status = 1
  }
  return status
})

export const kernelCommands: Record<string, Program> = { hostname, chroot, sysctl }
