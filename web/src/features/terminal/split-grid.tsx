import { type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { TAB_DRAG_TYPE } from './terminal-tabs'

interface SplitGridProps {
  isSplit: boolean
  ground: string
  /** A tab was dropped on one half. */
  onDrop: (id: string, side: 'left' | 'right') => void
  children: ReactNode
}

const NARROWEST = 0.15
const STEP = 0.05

/** One or two columns with a divider. Panes only change their column, so that none is drawn anew. */
export function SplitGrid({ isSplit, ground, onDrop, children }: SplitGridProps) {
  const [share, setShare] = useState(0.5)
  const [target, setTarget] = useState<'left' | 'right' | null>(null)
  const grid = useRef<HTMLDivElement>(null)
  const sideAt = (x: number): 'left' | 'right' => {
    const box = grid.current?.getBoundingClientRect()
    return box && x < box.left + box.width / 2 ? 'left' : 'right'
  }
  const isTab = (event: React.DragEvent) => event.dataTransfer.types.includes(TAB_DRAG_TYPE)
  const columns = isSplit ? `minmax(0, ${share}fr) minmax(0, ${1 - share}fr)` : 'minmax(0, 1fr)'
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a place to drop on; the keyboard has the split button
    <div
      ref={grid}
      className="terminal-grid relative grid min-h-0 flex-1"
      style={{ gridTemplateColumns: columns, ['--terminal-ground' as string]: ground }}
      onDragOver={(event) => {
        if (!isTab(event)) return
        event.preventDefault()
        setTarget(sideAt(event.clientX))
      }}
      onDragLeave={() => setTarget(null)}
      onDrop={(event) => {
        setTarget(null)
        const id = event.dataTransfer.getData(TAB_DRAG_TYPE)
        if (id) onDrop(id, sideAt(event.clientX))
      }}
    >
      {children}
      {isSplit ? (
        <Divider share={share} onShare={(next) => setShare(Math.max(NARROWEST, Math.min(1 - NARROWEST, next)))} />
      ) : null}
      {target ? (
        <div
          aria-hidden="true"
          className={`pointer-events-none absolute inset-y-0 z-20 w-1/2 border-2 border-accent bg-accent-soft ${target === 'left' ? 'left-0' : 'right-0'}`}
        />
      ) : null}
    </div>
  )
}

function Divider({ share, onShare }: { share: number; onShare: (share: number) => void }) {
  const { t } = useTranslation()
  const handleMove = (event: React.PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.parentElement?.getBoundingClientRect()
    if (box && event.currentTarget.hasPointerCapture(event.pointerId)) onShare((event.clientX - box.left) / box.width)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a line between two panes that can be moved is no <hr>
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={t('terminal.resizePanes')}
      aria-valuenow={Math.round(share * 100)}
      tabIndex={0}
      style={{ left: `calc(${share * 100}% - 3px)` }}
      className="absolute inset-y-0 z-10 w-1.5 cursor-col-resize outline-none before:absolute before:inset-y-0 before:left-1/2 before:w-px before:bg-line hover:before:w-0.5 hover:before:bg-accent focus-visible:before:w-0.5 focus-visible:before:bg-accent"
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={handleMove}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') onShare(share - STEP)
        if (event.key === 'ArrowRight') onShare(share + STEP)
      }}
    />
  )
}
