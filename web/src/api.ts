/** The only file that fetches. Every path is on the page's own origin. */
import type {
  Area, Categories, Closure, ClosureRequest, Coverage, Critical, EventType, Features, Found, Health, Incident,
  IncidentReport, Layers, LonLat, Loss, Missing, Nearest, Place, PlaceProperties, Plan, RouteAnswer,
} from './types'

/** What went wrong, in the server's words, with what to do about it. */
export class ApiError extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly remedy: string) {
    super(message)
  }
}

/** `code` when no answer came at all; the page says it in its own language. */
export const NO_ANSWER = 'no_answer'

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  let answer: Response
  try {
    answer = await fetch(path, { credentials: 'same-origin', ...init })
  } catch {
    throw new ApiError(0, NO_ANSWER, '', '')
  }
  const body: unknown = await answer.json().catch(() => null)
  if (answer.ok) return body as T
  const error = (body as { error?: { code?: string; message?: string; remedy?: string } } | null)?.error
  throw new ApiError(answer.status, error?.code ?? String(answer.status), error?.message ?? answer.statusText, error?.remedy ?? '')
}

const send = <T>(method: string, path: string, body?: unknown): Promise<T> =>
  ask<T>(path, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body ?? {}) })

const comma = (at: LonLat): string => at.map((v) => v.toFixed(6)).join(',')

export const health = (signal?: AbortSignal): Promise<Health> => ask('/api/health', { signal, cache: 'no-store' })
export const area = (): Promise<Area> => ask('/api/area')
export const categories = (): Promise<Categories> => ask('/api/categories')
export const eventTypes = (): Promise<EventType[]> => ask('/api/event-types')
export const layers = (): Promise<Layers> => ask('/api/layers')

export const places = (codes: readonly string[]): Promise<Features<PlaceProperties>> =>
  ask(`/api/places?categories=${codes.join(',')}&limit=20000`)
export const place = (id: string): Promise<Place> => ask(`/api/places/${encodeURIComponent(id)}`)
export const search = async (text: string, at: LonLat): Promise<Found[]> =>
  (await ask<{ results: Found[] }>(`/api/search?q=${encodeURIComponent(text)}&at=${comma(at)}&limit=12`)).results

export const report = (incident: IncidentReport): Promise<Incident> => send('POST', '/api/incidents', incident)
export const incidents = async (): Promise<Incident[]> => listOf<Incident>(await ask('/api/incidents'), 'incidents')
export const makePlan = (incident: string): Promise<Plan> => send('POST', `/api/incidents/${incident}/plan`)
export const latestPlan = (incident: string): Promise<Plan> => ask(`/api/incidents/${incident}/plan`)
export const snapshotPath = (incident: string): string => `/api/incidents/${incident}/snapshot.html`

export const addClosure = (closure: ClosureRequest): Promise<Closure> => send('POST', '/api/closures', closure)
export const closures = async (): Promise<Closure[]> => listOf<Closure>(await ask('/api/closures'), 'closures')
export const liftClosure = (id: string): Promise<unknown> => send('DELETE', `/api/closures/${id}`)

export const nearest = (at: LonLat, kinds: readonly string[], limit: number): Promise<Nearest> =>
  send('POST', '/api/nearest', { lon: at[0], lat: at[1], kinds, limit })
export const isochrone = (at: LonLat, minutes: readonly number[], direction: string): Promise<Features<{ minutes: number }>> =>
  ask(`/api/isochrone?at=${comma(at)}&minutes=${minutes.join(',')}&direction=${direction}`)
/** What a closure would take; nothing is closed by asking. */
export const loss = ({ geometry, road, bridge, ...properties }: Omit<ClosureRequest, 'id'>): Promise<Loss> =>
  send('POST', '/api/loss', {
    closures: geometry ? [{ type: 'Feature', geometry, properties }] : [], roads: road ? [road] : [], bridges: bridge ? [bridge] : [],
  })
export const critical = (): Promise<Critical> => ask('/api/layers/critical?limit=20')
export const missing = (): Promise<Missing> => ask('/api/layers/missing-roads')
export const route = (from: LonLat, to: LonLat, profile: string, lang: string): Promise<RouteAnswer> =>
  ask(`/api/route?from=${comma(from)}&to=${comma(to)}&profile=${profile}&alternatives=2&lang=${lang}`)
export const coverage = (minutes: number): Promise<Coverage> => ask(`/api/coverage?minutes=${minutes}`)

export const eventsAfter = async (seq: number): Promise<{ seq: number; kind: string }[]> =>
  (await ask<{ events: { seq: number; kind: string }[] }>(`/api/events?after=${seq}`)).events

/** One vector tile; null where the tile is empty (204). */
export async function tile(url: string, signal: AbortSignal): Promise<ArrayBuffer | null> {
  const answer = await fetch(url, { signal })
  if (answer.status === 204) return null
  if (!answer.ok) throw new ApiError(answer.status, String(answer.status), answer.statusText, '')
  return answer.arrayBuffer()
}

/** A plain list, or a list under its name. */
function listOf<T>(body: T[] | Record<string, T[]>, name: string): T[] {
  return Array.isArray(body) ? body : (body[name] ?? [])
}
