/** The mark: a ship's wheel, drawn with as few lines as it takes. */
export function Logo({ className = 'size-6' }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 24 24"
      aria-hidden="true"
      className={`shrink-0 text-accent ${className}`}
      fill="none"
      stroke="currentColor"
      strokeLinecap="round"
    >
      <circle cx="12" cy="12" r="6" strokeWidth="2" />
      <circle cx="12" cy="12" r="1.6" fill="currentColor" />
      <path
        strokeWidth="2"
        d="M12 2.5V6M12 18v3.5M2.5 12H6M18 12h3.5M5.28 5.28l2.48 2.48M16.24 16.24l2.48 2.48M18.72 5.28l-2.48 2.48M7.76 16.24l-2.48 2.48"
      />
    </svg>
  )
}
