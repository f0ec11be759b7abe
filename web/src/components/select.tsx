import { ChevronDown } from 'lucide-react'

interface SelectProps<Value extends string> {
  label: string
  value: Value
  options: { value: Value; label: string }[]
  onChange: (value: Value) => void
}

/** The browser's own choice of one, in our clothes: it knows every keyboard and every phone already. */
export function Select<Value extends string>({ label, value, options, onChange }: SelectProps<Value>) {
  return (
    <div className="relative">
      <select
        aria-label={label}
        value={value}
        onChange={(event) => onChange(event.target.value as Value)}
        className="h-8 appearance-none rounded-md border border-line-strong bg-surface pr-8 pl-3 text-base text-ink shadow-low hover:bg-hover"
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown
        className="pointer-events-none absolute top-1/2 right-2.5 size-3.5 -translate-y-1/2 text-faint"
        aria-hidden="true"
      />
    </div>
  )
}
