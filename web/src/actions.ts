/** What a person can do; each asks the server and puts the answer into the store. */
import * as api from './api'
import { changes } from './pure/diff'
import { disc } from './pure/geometry'
import { newId } from './pure/uuid'
import { store, type Notice } from './store'
import { DEFAULT_ON } from './symbols'
import type { ClosureRequest, Geometry, IncidentReport, LonLat } from './types'
import { load, type Lang } from './words'

/** The first picture: area, categories, event types; then places and what is going on. */
export async function begin(): Promise<void> {
  await attempt(async () => {
    const [area, categories, eventTypes, places] = await Promise.all([api.area(), api.categories(), api.eventTypes(), api.places(DEFAULT_ON)])
    const known = new Set([...categories.resource, ...categories.risk].flatMap((g) => g.categories.filter((c) => c.count > 0).map((c) => c.code)))
    const on = new Set(DEFAULT_ON.filter((code) => known.has(code)))
    store.set({ area, categories, eventTypes, on, places: places.features, truncated: places.truncated ?? false })
    await refresh()
  })
}

export async function refresh(): Promise<void> {
  const [incidents, closures] = await Promise.all([api.incidents(), api.closures()])
  store.set({ incidents, closures: closures.filter((c) => !c.lifted_at) })
}

export async function setShown(codes: Iterable<string>): Promise<void> {
  const on = new Set(codes)
  store.set({ on })
  await attempt(async () => {
    const answer = on.size ? await api.places([...on].sort()) : { features: [], truncated: false }
    if (store.state.on === on) store.set({ places: answer.features, truncated: answer.truncated ?? false })
  })
}

export const toggleShown = (codes: readonly string[], show: boolean): Promise<void> => {
  const on = new Set(store.state.on)
  for (const code of codes) if (show) on.add(code); else on.delete(code)
  return setShown(on)
}

export async function openPlace(id: string): Promise<void> {
  await attempt(async () => store.set({ panel: { view: 'place', place: await api.place(id) } }))
}

export function startReport(at: LonLat): void {
  const { panel } = store.state
  // Moving the place of a half-filled report keeps its id, so that it can never be recorded twice.
  const id = panel?.view === 'report' ? panel.id : newId()
  store.set({ pick: null, panel: { view: 'report', at, id } })
}

/** Records an incident and asks for its plan; true when recorded. */
export async function report(incident: IncidentReport): Promise<boolean> {
  const recorded = await attempt(() => api.report(incident))
  if (!recorded) return false
  store.set({ plan: null, changes: null, hidden: new Set(['supply']) })
  await plan(recorded.id)
  await attempt(refresh)
  // Recorded but not planned: the list offers the plan again, and nobody reports it twice.
  if (!store.state.plan) store.set({ panel: null, drawer: 'incidents' })
  return true
}

/** Makes a new version of the plan and says what it changes against the one on the screen. */
export async function plan(incident: string): Promise<void> {
  store.set({ planning: true })
  const made = await attempt(() => api.makePlan(incident))
  if (!made) return store.set({ planning: false })
  const before = store.state.plan
  const compared = before && before.incident.id === incident ? { version: made.version, list: changes(before, made) } : null
  store.set({ plan: made, changes: compared, planning: false, panel: { view: 'plan' }, bright: null, isochrones: [] })
}

export async function openPlan(incident: string): Promise<void> {
  const { plan: shown } = store.state
  // The list has done its work; the map needs the room.
  const drawer = store.state.drawer === 'incidents' ? null : store.state.drawer
  if (shown?.incident.id === incident) return store.set({ panel: { view: 'plan' }, drawer })
  try {
    store.set({ plan: await api.latestPlan(incident), changes: null, panel: { view: 'plan' }, bright: null, drawer })
  } catch (error) {
    if (error instanceof api.ApiError && error.status === 404) {
      store.set({ drawer })
      await plan(incident)
    }
    else say(error)
  }
}

export function closePlan(): void {
  store.set({ plan: null, changes: null, panel: null, bright: null })
}

/** Closes or slows roads; true when it is kept. */
export async function close(closure: Omit<ClosureRequest, 'id'>): Promise<boolean> {
  const saved = await attempt(() => api.addClosure({ id: newId(), ...closure }))
  if (!saved) return false
  const { say: word } = store
  const n = saved.edges.length
  const roads = (saved.roads ?? []).filter(Boolean).slice(0, 4).join(word('app.separator'))
  notify(n ? 'good' : 'bad', n ? word(saved.speed_factor ? 'closures.slowed' : 'closures.saved', { n }) : word('closures.saved_none'), roads)
  store.set({ draft: null, pick: null, loss: null })
  await roadsChanged()
  return true
}

/** Asks what a closure would take before anybody closes it. */
export async function weigh(closure: Omit<ClosureRequest, 'id'>): Promise<void> {
  store.set({ loss: await attempt(() => api.loss(closure)) })
}

export async function loadCritical(): Promise<void> {
  const critical = await attempt(api.critical)
  if (critical) store.set({ critical })
}

export async function loadMissing(): Promise<void> {
  const missing = await attempt(api.missing)
  if (missing) store.set({ missing })
}

export const lookAt = (geometry: Geometry): void => store.set({ look: geometry })

export const roadAt = (at: LonLat, radius_m: number): Geometry => disc(at, radius_m)

export async function lift(id: string, name: string): Promise<void> {
  const done = await attempt(async () => (await api.liftClosure(id), true))
  if (!done) return
  notify('good', store.say('closures.lifted', { name }), '')
  await roadsChanged()
}

async function roadsChanged(): Promise<void> {
  store.set({ critical: null })
  await attempt(refresh)
  const { plan: shown } = store.state
  if (shown) await plan(shown.incident.id)
}

export const NEAREST_KINDS = ['team', 'mobile', 'depot', 'shelter'] as const

export async function findNearest(at: LonLat, kind = 'team'): Promise<void> {
  store.set({ panel: { view: 'nearest', at, kind, answer: null } })
  const answer = await attempt(() => api.nearest(at, [kind], 30))
  const { panel } = store.state
  if (answer && panel?.view === 'nearest' && panel.at === at && panel.kind === kind) store.set({ panel: { ...panel, answer } })
}

export const REACH_MINUTES = [5, 10, 15, 30] as const

export async function showReach(at: LonLat, direction: 'from_incident' | 'to_incident' = 'from_incident'): Promise<void> {
  store.set({ panel: { view: 'reach', at, direction }, isochrones: [] })
  const answer = await attempt(() => api.isochrone(at, REACH_MINUTES, direction))
  if (answer) store.set({ isochrones: answer.features })
}

/** Asks for the place to go to; the next click on the map is it. */
export function pickGoal(from: LonLat): void {
  const { panel } = store.state
  const profile = panel?.view === 'route' ? panel.profile : 'fire_tender'
  store.set({ panel: { view: 'route', from, to: null, profile, answer: null, chosen: 0 }, pick: { what: 'goal', from } })
}

export async function showRoute(from: LonLat, to: LonLat, profile = 'fire_tender'): Promise<void> {
  store.set({ pick: null, panel: { view: 'route', from, to, profile, answer: null, chosen: 0 } })
  const answer = await attempt(() => api.route(from, to, profile, store.state.lang))
  const { panel } = store.state
  if (answer && panel?.view === 'route' && panel.from === from && panel.to === to && panel.profile === profile) store.set({ panel: { ...panel, answer } })
}

export function chooseWay(chosen: number): void {
  const { panel } = store.state
  if (panel?.view === 'route') store.set({ panel: { ...panel, chosen } })
}

export async function loadCoverage(minutes: number): Promise<void> {
  store.set({ coverage: null })
  const coverage = await attempt(() => api.coverage(minutes))
  if (coverage) store.set({ coverage })
}

/** Says everything in a language from now on. */
export async function speak(lang: Lang): Promise<void> {
  await load(lang)
  store.set({ lang })
}

/** Runs something that may fail and says it where it does; null then. */
async function attempt<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    say(error)
    return null
  }
}

function say(error: unknown): void {
  const { say: word } = store
  if (!(error instanceof api.ApiError)) throw error
  if (error.code === api.NO_ANSWER) notify('bad', word('link.no_answer'), word('link.no_answer_remedy'))
  else notify('bad', error.message, error.remedy)
}

let noticeCount = 0

export function notify(tone: Notice['tone'], text: string, remedy: string): void {
  const notice = { id: ++noticeCount, tone, text, remedy }
  store.set({ notices: [...store.state.notices.filter((n) => n.text !== text), notice].slice(-3) })
  setTimeout(() => dismiss(notice.id), tone === 'bad' ? 15000 : 6000)
}

export function dismiss(id: number): void {
  store.set({ notices: store.state.notices.filter((n) => n.id !== id) })
}
