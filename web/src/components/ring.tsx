/** A share of a whole as a ring. It says nothing to a screen reader: the number stands beside it. */
export function Ring({ share, size = 16, width = 2.5 }: { share: number; size?: number; width?: number }) {
  const radius = (size - width) / 2
  const around = 2 * Math.PI * radius
  const clamped = Math.min(1, Math.max(0, share))
  const middle = size / 2
  return (
    <svg width={size} height={size} viewBox={`0 0 ${size} ${size}`} aria-hidden="true" className="shrink-0 -rotate-90">
      <circle cx={middle} cy={middle} r={radius} fill="none" stroke="var(--line-strong)" strokeWidth={width} opacity={0.6} />
      {clamped > 0 ? (
        <circle
          cx={middle}
          cy={middle}
          r={radius}
          fill="none"
          stroke={clamped === 1 ? 'var(--passed)' : 'var(--accent)'}
          strokeWidth={width}
          strokeLinecap="round"
          strokeDasharray={around}
          strokeDashoffset={around * (1 - clamped)}
          className="transition-[stroke-dashoffset] duration-500 ease-calm"
        />
      ) : null}
    </svg>
  )
}
