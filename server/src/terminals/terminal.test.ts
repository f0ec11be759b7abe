import { describe, expect, test } from 'vitest'
import { makeDesk } from './testing/desk.js'

const MIB = 1024 * 1024
const isRunning = (page: { state: { phase: string } }) => page.state.phase === 'running'

describe('a terminal', { timeout: 30_000 }, () => {
  test('shows what is typed and what it gives, to everybody who looks', async () => {
    const desk = await makeDesk()
    const record = await desk.openTerminal()
    const first = await (await desk.look(record)).ready()
    first.type('echo $((6*7))-is-it\n')
    await first.untilShows('42-is-it')
    await first.until(() => first.accepted === 20)
    const second = await desk.look(record)
    await second.untilShows('42-is-it')
    expect(second.snapshots).toBe(1)
    expect(await second.shows()).toBe(await first.shows())
  })

  test('a page whose socket is cut in the middle of output comes back without loss or doubling', async () => {
    const desk = await makeDesk()
    const record = await desk.openTerminal()
    const first = await desk.look(record)
    await first.ready()
    first.type(
      'stty -echo; PS1=; bind "set enable-bracketed-paste off"; i=0; while [ $i -lt 5000 ]; do i=$((i+1)); echo line $i; done; echo END\n',
    )
    await first.until(() => first.length > 5_000)
    first.hear(false)
    const { generation, offset, writer, bytes } = first
    const second = await desk.look(record, { writer, at: { generation, offset } })
    first.close()
    await second.until(() => second.text.endsWith('END\r\n'))
    expect(second.snapshots).toBe(0)
    const whole = Buffer.concat([...bytes, ...second.bytes]).toString()
    const lines = whole.slice(whole.indexOf('line 1\r\n'), whole.lastIndexOf('END\r\n'))
    expect(lines === Array.from({ length: 5_000 }, (_, index) => `line ${index + 1}\r\n`).join('')).toBe(true)
  })

  test('a page that was away for too much output gets the screen', async () => {
    const desk = await makeDesk()
    const record = await desk.openTerminal()
    const first = await desk.look(record)
    await first.until(() => isRunning(first))
    const at = { generation: first.generation, offset: first.offset }
    first.type(`yes 0123456789abcdef | head -c ${MIB}; echo FINISHED\n`)
    await first.until(() => first.text.includes('FINISHED\r\n'))
    const second = await desk.look(record, { at })
    await second.untilShows('FINISHED')
    expect(second.snapshots).toBe(1)
  })

  test('another server finds the shell, its screen and what was typed', async () => {
    const desk = await makeDesk()
    const record = await desk.openTerminal()
    const before = await (await desk.look(record)).ready()
    before.type('name=kept; echo before-the-crash\n')
    await before.until(() => before.accepted === before.sequence)
    desk.crash()
    const { generation, offset, writer, accepted } = before
    const after = await desk.look(record, { writer, at: { generation, offset } })
    // The page sends again what it has no answer for, and a little more than that.
    after.type('cho before-the-crash\necho and-$name\n', accepted - 21)
    await after.untilShows('and-kept')
    expect(after.generation).toBe(generation)
    expect(after.snapshots).toBe(0)
    const fresh = await desk.look(record)
    await fresh.untilShows('and-kept')
    expect((await fresh.shows()).match(/echo before-the-crash/g)).toHaveLength(1)
  })

  test('a cut channel to the keeper is mended unseen', async () => {
    const desk = await makeDesk()
    const page = await desk.look(await desk.openTerminal())
    await page.until(() => isRunning(page))
    page.type('echo one; sleep 0.2; echo two\n')
    await page.until(() => page.text.includes('one\r\n'))
    desk.channels.at(-1)?.close()
    page.type('echo three\n')
    await page.until(() => page.text.includes('two\r\n') && page.text.includes('three\r\n'))
    expect(page.snapshots).toBe(1)
    expect(page.messages.filter((message) => message.type === 'state' && message.state.phase === 'unreachable')).toEqual([])
  })

  test('a machine that stops says so, and comes back with a new shell below the old screen', async () => {
    const desk = await makeDesk()
    const record = await desk.openTerminal()
    const page = await desk.look(record, { language: 'zh' })
    page.type('echo on-the-old-shell\n')
    await page.untilShows('on-the-old-shell')
    await desk.stopMachines()
    await page.until(() => page.state.phase === 'unreachable')
    expect(page.state).toEqual({ phase: 'unreachable', why: 'machine-stopped' })
    await desk.startMachines()
    await page.until(() => isRunning(page))
    page.type('echo on-the-new-shell\n', 0)
    await page.untilShows('on-the-new-shell')
    expect(await page.shows()).toMatch(/on-the-old-shell[\s\S]*此机器曾被停止[\s\S]*on-the-new-shell/)
  })

  test('the old screen is there also where server and machine were both down', async () => {
    const desk = await makeDesk()
    const record = await desk.openTerminal()
    const page = await desk.look(record)
    page.type('echo long-ago\n')
    await page.untilShows('long-ago')
    await desk.terminals.leave()
    await desk.stopMachines()
    desk.crash()
    const later = await desk.look(record)
    await later.untilShows('long-ago')
    await later.until(() => later.state.phase === 'unreachable')
    await desk.startMachines()
    await later.until(() => isRunning(later))
    await later.untilShows('this machine was stopped')
    expect(await later.shows()).toContain('long-ago')
  })

  test('a shell that exits leaves its screen, and a new one is started on demand alone', async () => {
    const desk = await makeDesk()
    const record = await desk.openTerminal()
    const page = await desk.look(record)
    await page.ready()
    page.type('seq 100; echo last-words; exit 3\n')
    await page.until(() => page.state.phase === 'exited')
    expect(page.state).toEqual({ phase: 'exited', exitCode: 3, signal: null })
    const other = await desk.look(record)
    await other.untilShows('last-words')
    page.say({ type: 'restart' })
    await page.until(() => isRunning(page))
    page.sequence = 0
    page.type('echo again\n')
    await page.untilShows('again')
    // Below everything that was there, not somewhere in it.
    expect(await page.shows()).toMatch(/\r\n99\r\n100\r\nlast-words\r\nexit\s+[^\n]*── a new shell ──[\s\S]*again/)
    expect(await other.shows()).toContain('a new shell')
  })

  test('a question of a program is answered once, however many look on', async () => {
    const desk = await makeDesk()
    const record = await desk.openTerminal()
    const pages = await Promise.all([desk.look(record), desk.look(record), desk.look(record, { mode: 'read-only' })])
    const [page] = pages
    if (!page) throw new Error('there are three pages')
    await page.ready()
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell fills it in
    page.type('stty -echo -icanon; printf "\\033[6nASKED"; read -d R answer; echo "${#answer}-charac""ters"; stty sane\n')
    await page.untilShows('-characters')
    page.type('echo and-then-$((1+1))\n')
    await page.untilShows('and-then-2')
    // A second answer would be typed into the shell and show before the command.
    expect(await page.shows()).toMatch(/\d-characters[\s\S]*\$ echo and-then/)
  })

  test('who only reads changes nothing', async () => {
    const desk = await makeDesk()
    const record = await desk.openTerminal()
    const reader = await desk.look(record, { mode: 'read-only', columns: 40, rows: 10 })
    const page = await desk.look(record, { columns: 100, rows: 30 })
    await page.until(() => isRunning(page))
    reader.type('echo intruder\n')
    reader.say({ type: 'restart' })
    reader.say({ type: 'resize', columns: 20, rows: 5 })
    page.type('stty size\n')
    await page.untilShows('30 100')
    expect(await page.shows()).not.toContain('intruder')
    expect(reader.size).toMatchObject({ columns: 100, rows: 30, leads: false })
  })

  test('the terminal has the size of the window that was typed in last', async () => {
    const desk = await makeDesk()
    const record = await desk.openTerminal()
    const small = await desk.look(record, { columns: 60, rows: 20 })
    const large = await desk.look(record, { columns: 140, rows: 50 })
    expect(large.size).toMatchObject({ columns: 140, rows: 50, leads: true })
    expect(small.size).toMatchObject({ columns: 140, rows: 50, leads: false })
    small.type('stty size\n')
    await small.untilShows('20 60')
    large.close()
    small.say({ type: 'resize', columns: 61, rows: 21 })
    small.type('stty size\n')
    await small.untilShows('21 61')
  })

  test('a storm of resizes ends with the last size, everywhere', async () => {
    const desk = await makeDesk()
    const page = await desk.look(await desk.openTerminal())
    await page.until(() => isRunning(page))
    for (let columns = 20; columns < 220; columns++) page.say({ type: 'resize', columns, rows: 10 + (columns % 40) })
    page.say({ type: 'resize', columns: 111, rows: 33 })
    page.type('stty size\n')
    await page.until(() => page.text.includes('33 111'))
    expect(page.size).toMatchObject({ columns: 111, rows: 33 })
  })

  test('closing a terminal ends its shell, also where nobody looks', async () => {
    const desk = await makeDesk()
    const record = await desk.openTerminal()
    const keeping = await desk.openTerminal()
    const page = await desk.look(record)
    const other = await desk.look(keeping)
    await page.ready()
    page.type('echo $$ > pid; echo the"re"\n')
    await page.untilShows('there')
    await desk.terminals.close(record.id)
    expect(page.state).toEqual({ phase: 'closed' })
    other.type('while kill -0 $(cat pid) 2>/dev/null; do sleep 0.05; done; echo it-is-go"ne"\n')
    await other.untilShows('it-is-gone')
    expect((await desk.terminals.list(desk.environment)).map(({ title }) => title)).toEqual(['base 2'])
    await expect(desk.terminals.byId(record.id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('its shell starts before anybody looks, and the first page finds its prompt', async () => {
    const desk = await makeDesk()
    const record = await desk.openTerminal()
    await expect.poll(() => desk.channels.length).toBe(1)
    const page = await desk.look(record)
    await page.until(() => isRunning(page))
    expect(desk.channels).toHaveLength(1)
  })

  test('twenty terminals each have a shell of their own', async () => {
    const desk = await makeDesk()
    const pages = []
    for (let index = 0; index < 20; index++) pages.push(await desk.look(await desk.openTerminal()))
    pages.forEach((page, index) => {
      page.type(`me=${index}; echo "shell-$me-$((me * 2))."\n`)
    })
    await Promise.all(pages.map((page, index) => page.until(() => page.text.includes(`shell-${index}-${index * 2}.`))))
    expect(desk.channels).toHaveLength(1)
  })

  test('a message that is none closes the socket', async () => {
    const desk = await makeDesk()
    const record = await desk.openTerminal()
    for (const wrong of ['{', '{"type":"no-such"}', '{"type":"resize","columns":1e9,"rows":1}', '{"type":"hello"}']) {
      const page = await desk.look(record)
      page.socket.emit('message', Buffer.from(wrong), false)
      expect(page.socket.closedWith).toBe(1003)
    }
  })
})
