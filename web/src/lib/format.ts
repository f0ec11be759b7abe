/** Numbers and times as people read them, in the language of the page. */
import type { Language } from '@wheelhouse/protocol'

const LOCALES = { en: 'en-GB', zh: 'zh-CN' } as const

/** `0:07`, `12:45`, `1:02:03`: a running clock, which must not change its width. */
export function formatClock(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000))
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60]
  const pad = (value: number) => String(value).padStart(2, '0')
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds)}` : `${minutes}:${pad(seconds)}`
}

/** The same for what is to come: a part of a second is one. */
export const formatExpected = (ms: number): string => formatClock(Math.ceil(ms / 1000) * 1000)

const UNITS = {
  ms: { en: 'ms', zh: '毫秒' },
  s: { en: 's', zh: '秒' },
  min: { en: 'min', zh: '分钟' },
  h: { en: 'h', zh: '小时' },
  days: { en: 'days', zh: '天' },
} as const

/** `180 ms`, `2.4 s`, `37 s`, `4 min`, `3 h`, `6 days`: a span, rounded to what matters. */
export function formatSpan(language: Language, ms: number): string {
  const say = (value: number, unit: keyof typeof UNITS) => `${value}\u00a0${UNITS[unit][language]}`
  if (ms < 950) return say(Math.max(1, Math.round(ms)), 'ms')
  if (ms < 9_950) return say(Math.round(ms / 100) / 10, 's')
  if (ms < 99_500) return say(Math.round(ms / 1000), 's')
  if (ms < 99.5 * 60_000) return say(Math.round(ms / 60_000), 'min')
  if (ms < 47.5 * 3_600_000) return say(Math.round(ms / 3_600_000), 'h')
  return say(Math.round(ms / 86_400_000), 'days')
}

/** The same for what is to come, which nobody knows to a part of a second: `1 s`, `38 s`, `4 min`. */
export const formatExpectedSpan = (language: Language, ms: number): string => formatSpan(language, Math.ceil(ms / 1000) * 1000)

/** `Tue 24 Nov, 14:05` */
export const formatMoment = (language: Language, epochMs: number): string =>
  new Intl.DateTimeFormat(LOCALES[language], {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(epochMs)
