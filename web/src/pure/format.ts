/** Figures as people read them. No DOM; `say` and the language come in as arguments. */
import type { Say } from '../words'

/** Whole minutes, rounded up: a team that needs 9.2 min is there in 10. null: not known. */
export function minutes(seconds: number | null): number | null {
  return seconds === null ? null : Math.ceil(seconds / 60)
}

/** "T+03:24" since the report; hours appear when they are needed. */
export function clockSince(reported_at: string, now_ms: number): string {
  const total = Math.max(0, Math.floor((now_ms - Date.parse(reported_at)) / 1000))
  const two = (n: number): string => String(n).padStart(2, '0')
  const h = Math.floor(total / 3600)
  if (h >= 24) return `T+${Math.floor(h / 24)}d ${two(h % 24)}:${two(Math.floor(total / 60) % 60)}`
  return `T+${h ? `${h}:` : ''}${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`
}

/** "28′20″"; null stays null so that the caller must say what is not known. */
export function minSec(seconds: number | null): string | null {
  if (seconds === null) return null
  const s = Math.round(seconds)
  return `${Math.floor(s / 60)}′${String(s % 60).padStart(2, '0')}″`
}

/** "640 m", "7.4 km", "31 km". */
export function distance(metres: number | null): string | null {
  if (metres === null) return null
  if (metres < 995) return `${Math.round(metres / 10) * 10} m`
  const km = metres / 1000
  return `${km < 20 ? km.toFixed(1) : Math.round(km)} km`
}

// Making a formatter costs far more than using it, and the clock ticks each second.
const FIGURES = new Intl.NumberFormat('en-US')
export const count = (n: number): string => FIGURES.format(n)

/** A figure, or 未报 where nobody has reported one. Never 0 for null. */
export function reported(n: number | null | undefined, say: Say, unit = ''): string {
  return n === null || n === undefined ? say('value.unreported') : `${count(n)}${unit}`
}

/** "3 天前": how old a figure is; "时间不详" when the source does not say. */
export function age(updated_at: string | null | undefined, now_ms: number, say: Say): string {
  if (!updated_at) return say('age.unknown')
  const s = (now_ms - Date.parse(updated_at)) / 1000
  if (Number.isNaN(s)) return say('age.unknown')
  if (s < 60) return say('age.now')
  if (s < 3600) return say('age.minutes', { n: Math.floor(s / 60) })
  if (s < 86400) return say('age.hours', { n: Math.floor(s / 3600) })
  if (s < 86400 * 365) return say('age.days', { n: Math.floor(s / 86400) })
  return say('age.years', { n: (s / 86400 / 365).toFixed(1) })
}

/** "更新于 12 天前", or that nobody says when. */
export function updated(updated_at: string | null | undefined, now_ms: number, say: Say): string {
  return updated_at ? say('place.updated', { age: age(updated_at, now_ms, say) }) : say('place.updated_unknown')
}

const CLOCK = { timeZone: 'Asia/Shanghai', hour12: false } as const

/** "10:32:05" in the city's zone. */
export const clock = (ms: number, seconds = true): string =>
  formatter('zh-CN', { hour: '2-digit', minute: '2-digit', ...(seconds ? { second: '2-digit' } : {}) }).format(ms)

/** "2026-06-01 星期一" / "Mon 2026-06-01". */
export function day(ms: number, lang: string): string {
  const date = formatter('sv-SE', { year: 'numeric', month: '2-digit', day: '2-digit' }).format(ms)
  const weekday = formatter(lang, { weekday: lang === 'en' ? 'short' : 'long' }).format(ms)
  return lang === 'en' ? `${weekday} ${date}` : `${date} ${weekday}`
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(lang: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${lang} ${Object.entries(options).flat().join(' ')}`
  const made = formatters.get(key) ?? new Intl.DateTimeFormat(lang, { ...CLOCK, ...options })
  formatters.set(key, made)
  return made
}

export const percent = (share: number | null): string | null => (share === null ? null : `${Math.round(share * 100)}%`)

/** "123.0512° E, 28.0213° N". */
export function coordinates(lon: number, lat: number): string {
  return `${Math.abs(lon).toFixed(4)}° ${lon < 0 ? 'W' : 'E'}, ${Math.abs(lat).toFixed(4)}° ${lat < 0 ? 'S' : 'N'}`
}

/** The main named roads of a route, longest first, in the order they are driven. */
export function viaRoads(steps: readonly { road: string; distance_m: number }[], most = 2): string[] {
  const total = new Map<string, number>()
  for (const s of steps) if (s.road) total.set(s.road, (total.get(s.road) ?? 0) + s.distance_m)
  const kept = new Set([...total].sort((a, b) => b[1] - a[1]).slice(0, most).map(([road]) => road))
  return [...total.keys()].filter((road) => kept.has(road))
}
