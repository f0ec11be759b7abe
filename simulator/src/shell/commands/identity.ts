/** id, whoami and groups: who the program runs as, and who the files of the container say that there are. */
import type { Process, Program } from '../../containers/process.js'
import { applet, UsageError, WordError } from './command.js'

interface Who {
  uid: number
  gid: number
  groups: number[]
}

const rowsOf = ({ machine: { fs } }: Process, file: string): string[][] => {
  const node = fs.stat(file)
  return node?.type === 'file' ? node.data.split('\n').map((line) => line.split(':')) : []
}

/** The name of a number in /etc/passwd or /etc/group; undefined where there is none. */
const nameIn = (process: Process, file: string, number: number): string | undefined =>
  rowsOf(process, file).find(([, , id]) => id === String(number))?.[0]

/** The user of the program, or one that is named. @throws WordError */
function whoOf(process: Process, name: string | undefined): Who {
  const { uid, gid, groups = [gid] } = process.machine.user
  if (name === undefined) return { uid, gid, groups }
  const row = rowsOf(process, '/etc/passwd').find(([user]) => user === name)
  if (!row) throw new WordError(`unknown user ${name}`)
  const own = Number(row[3])
  const more = rowsOf(process, '/etc/group').flatMap(([, , id, members = '']) =>
    members.split(',').includes(name) ? [Number(id)] : [],
  )
  return { uid: Number(row[2]), gid: own, groups: [...new Set([own, ...more])] }
}

const id: Program = applet('[-ugGnr] [USER]', async (process, { flags, operands }) => {
  const { uid, gid, groups } = whoOf(process, operands[0])
  const own = process.machine.user
  const user = (number: number) =>
    nameIn(process, '/etc/passwd', number) ?? (own.uid === number && own.name ? own.name : undefined)
  const group = (number: number) => nameIn(process, '/etc/group', number)
  const wanted = ['u', 'g', 'G'].filter((flag) => flags.has(flag))
  if (wanted.length > 1 || ((flags.has('n') || flags.has('r')) && wanted.length === 0)) throw new UsageError('')
  const shown = (number: number, nameOf: typeof user) => (flags.has('n') ? (nameOf(number) ?? String(number)) : String(number))
  const named = (number: number, nameOf: typeof user) => `${number}${nameOf(number) ? `(${nameOf(number)})` : ''}`
  const more = uid === 0 || groups.length > 1 ? ` groups=${groups.map((each) => named(each, group)).join(',')}` : ''
  const text = flags.has('u')
    ? shown(uid, user)
    : flags.has('g')
      ? shown(gid, group)
      : flags.has('G')
        ? groups.map((each) => shown(each, group)).join(' ')
        : `uid=${named(uid, user)} gid=${named(gid, group)}${more}`
  await process.stdout.write(`${text}\n`)
  return 0
})

const groups: Program = applet('[USER]', async (process, { operands }) => {
  const who = whoOf(process, operands[0])
  await process.stdout.write(`${who.groups.map((each) => nameIn(process, '/etc/group', each) ?? String(each)).join(' ')}\n`)
  return 0
})

const whoami: Program = applet('', async (process, { operands }) => {
  const { uid, name } = process.machine.user
  if (operands.length > 0) throw new UsageError('')
  const known = nameIn(process, '/etc/passwd', uid) ?? name
  if (!known) throw new WordError(`unknown uid ${uid}`)
  await process.stdout.write(`${known}\n`)
  return 0
})

export const identityCommands: Record<string, Program> = { id, groups, whoami }
