/** A share of a whole as a bar, with a name for screen readers. */
export function Bar({ share, label }: { share: number; label: string }) {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100)
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className="h-1 w-full overflow-hidden rounded-full bg-pressed"
    >
      <div
        className={`h-full rounded-full transition-[width] duration-500 ease-calm ${percent === 100 ? 'bg-passed' : 'bg-accent'}`}
        style={{ width: `${percent}%` }}
      />
    </div>
  )
}
