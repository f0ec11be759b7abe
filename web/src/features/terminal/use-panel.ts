import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { EnvironmentView } from '@wheelhouse/protocol'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { keyboardIsFree } from '~/lib/last-touch'
import type { RunRequest } from '~/lib/run-in-terminal'
import { takeFirst } from './first-terminal'
import { among, beside, frontOf, type Layout, NOTHING, show } from './layout'
import { registerPanel } from './panels'
import type { TerminalScreen } from './terminal-screen'
import { machinesWithShell, terminalsQuery, useTerminalActions } from './terminals'

/** What the panel shows and does: the list, the layout, and what runs in which terminal. */
export function usePanel(environment: EnvironmentView) {
  const query = useQuery(terminalsQuery(environment.id))
  const machines = machinesWithShell(environment)
  const actions = useTerminalActions(environment.id)
  const terminals = useMemo(() => query.data ?? [], [query.data])
  const [layout, setLayout] = useState<Layout>(NOTHING)
  /** The terminal that is to have the keyboard as soon as it is drawn; one that comes by itself only where the keyboard is free. */
  const wantsFocus = useRef<{ id: string; onlyIfFree?: true } | null>(null)
  const screens = useRef(new Map<string, TerminalScreen>())
  /** What is to be run in a terminal as soon as its screen is there. */
  const waiting = useRef(new Map<string, string>())
  const seen = useMemo(
    () =>
      among(
        layout,
        terminals.map(({ id }) => id),
      ),
    [layout, terminals],
  )
  const front = frontOf(seen)
  const newestSeen = useRef(seen)
  newestSeen.current = seen
  /** From what is seen, which may be less or more than what was once chosen. */
  const change = useCallback((next: (seen: Layout) => Layout) => {
    newestSeen.current = next(newestSeen.current)
    setLayout(newestSeen.current)
  }, [])

  const focus = useCallback((id: string | undefined) => {
    if (id) screens.current.get(id)?.xterm.focus()
  }, [])
  const handleScreen = useCallback((id: string, screen: TerminalScreen | null) => {
    if (!screen) {
      screens.current.delete(id)
      return
    }
    screens.current.set(id, screen)
    const text = waiting.current.get(id)
    waiting.current.delete(id)
    if (text !== undefined) screen.run(text)
  }, [])

  const handleDrawn = useCallback(
    (id: string) => {
      const wanted = wantsFocus.current
      if (wanted?.id !== id) return
      wantsFocus.current = null
      if (!wanted.onlyIfFree || keyboardIsFree()) focus(id)
    },
    [focus],
  )

  const openAnd = (machine: string, then: (id: string) => void) =>
    actions.open.mutate(machine, { onSuccess: ({ id }) => then(id) })
  /** For a learner who asked for it: the new one gets the keyboard. */
  const openAt = (machine: string, place: (layout: Layout, id: string) => Layout, then: (id: string) => void = () => {}) =>
    openAnd(machine, (id) => {
      wantsFocus.current = { id }
      then(id)
      change((now) => place(now, id))
    })
  const open = (machine: string, then?: (id: string) => void) => openAt(machine, show, then)
  const openBeside = (machine: string) => openAt(machine, (now, id) => beside(now, id, 'right'))

  const run = ({ machine, text }: RunRequest): 'sent' | 'not-ready' => {
    if (!query.isSuccess) return 'not-ready'
    const inFront = terminals.find(({ id }) => id === front)
    const wanted = machine === null || inFront?.machine === machine ? inFront : terminals.find((one) => one.machine === machine)
    if (!wanted) {
      const name = machine ?? machines[0]?.name
      if (!name || !machines.some((one) => one.name === name)) return 'not-ready'
      open(name, (id) => waiting.current.set(id, text))
      return 'sent'
    }
    const screen = screens.current.get(wanted.id)
    const status = screen?.connection.status.get()
    if (!screen || status?.line !== 'open' || status.state.phase !== 'running') return 'not-ready'
    change((now) => show(now, wanted.id))
    screen.run(text)
    screen.xterm.focus()
    return 'sent'
  }

  const newest = useRef({ run, front })
  newest.current = { run, front }
  useEffect(
    () =>
      registerPanel(environment.id, {
        run: (request) => newest.current.run(request),
        focus: () => focus(newest.current.front),
      }),
    [environment.id, focus],
  )
  const isOpeningFirst = useFirstTerminal(environment, query.data, {
    handleOpened: (id) => {
      wantsFocus.current = { id, onlyIfFree: true }
      change((now) => show(now, id))
      if (screens.current.get(id)?.xterm.element) handleDrawn(id)
    },
    openAgain: () => actions.open.mutate(machines[0]?.name ?? ''),
  })
  const isOpening = query.isPending || actions.open.isPending || isOpeningFirst
  return {
    query,
    isOpening,
    actions,
    terminals,
    layout: seen,
    change,
    front,
    screens,
    handleScreen,
    handleDrawn,
    focus,
    open,
    openBeside,
  }
}

/**
 * An environment that has none gets one, on its first machine, once. It comes by itself, so it takes the keyboard only where that is
 * free: from whoever clicked on "Start" and waits, not from a menu or from a reader who turns the steps by `[` and `]`.
 *
 * @returns whether it is on its way
 */
function useFirstTerminal(
  environment: EnvironmentView,
  terminals: readonly unknown[] | undefined,
  options: { handleOpened: (id: string) => void; openAgain: () => void },
): boolean {
  const client = useQueryClient()
  const [state, setState] = useState<'opening' | 'failed' | 'done'>('opening')
  const asked = useRef(false)
  const newest = useRef(options)
  newest.current = options
  useEffect(() => {
    if (asked.current) return
    asked.current = true
    takeFirst(client, environment).then(
      (id) => {
        if (id !== null) newest.current.handleOpened(id)
        setState('done')
      },
      () => setState('failed'),
    )
  }, [client, environment])
  // Once more in the panel's own way, which says what is wrong; only where there is certainly none.
  useEffect(() => {
    if (state !== 'failed' || !terminals) return
    setState('done')
    if (terminals.length === 0) newest.current.openAgain()
  }, [state, terminals])
  return state === 'opening'
}
