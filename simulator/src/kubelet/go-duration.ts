/** `10s`, `1m20s`, `5m0s`, `1.234s`, `300ms`: Go's way to write a duration. */
export function goDuration(ms: number): string {
  if (ms < 1000) return `${ms}ms`
  const seconds = ms / 1000
  const minutes = Math.floor(seconds / 60)
  return minutes > 0
    ? `${minutes}m${Math.round((seconds - minutes * 60) * 1000) / 1000}s`
    : `${Math.round(seconds * 1000) / 1000}s`
}
