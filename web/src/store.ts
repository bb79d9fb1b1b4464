/** What the page knows, in one place. Panels and layers read it and are told when it changes. */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { StyleName } from './map/style'
import type { Change } from './pure/diff'
import type {
  Area, Categories, Category, Closure, Coverage, Critical, EventType, Feature, Geometry, Health, Incident, LonLat, Loss, Missing,
  Nearest, Place,
  PlaceProperties, Plan, RouteAnswer, RouteKind,
} from './types'
import { sayIn, type Lang, type Say } from './words'

export type Drawer = 'layers' | 'incidents' | 'closures' | 'coverage' | 'roads'
export type Panel =
  | { view: 'plan' }
  | { view: 'place'; place: Place }
  | { view: 'report'; at: LonLat; id: string }
  | { view: 'nearest'; at: LonLat; kind: string; answer: Nearest | null }
  | { view: 'reach'; at: LonLat; direction: 'from_incident' | 'to_incident' }
  | { view: 'route'; from: LonLat; to: LonLat | null; profile: string; answer: RouteAnswer | null; chosen: number }
/** What the next click on the map is for. */
export type Pick = { what: 'incident' } | { what: 'road' } | { what: 'goal'; from: LonLat } | { what: 'polygon'; corners: LonLat[] }
export interface Notice { id: number; tone: 'bad' | 'good'; text: string; remedy: string }

export interface State {
  lang: Lang
  style: StyleName
  now_ms: number
  health: Health | null
  seen_ms: number | null // when the server last answered
  lost: boolean
  area: Area | null
  categories: Categories | null
  eventTypes: EventType[]
  on: ReadonlySet<string>
  places: Feature<PlaceProperties>[]
  truncated: boolean
  drawer: Drawer | null
  panel: Panel | null
  pick: Pick | null
  draft: Geometry | null // a closure drawn but not yet saved
  incidents: Incident[]
  closures: Closure[]
  plan: Plan | null
  changes: { version: number; list: Change[] } | null
  planning: boolean
  bright: string | null // route id brought forward
  hidden: ReadonlySet<RouteKind>
  isochrones: Feature<{ minutes: number }>[]
  coverage: Coverage | null
  loss: Loss | null // what the closure being drawn would take
  critical: Critical | null
  missing: Missing | null
  roadsTab: 'critical' | 'missing'
  look: Geometry | null // what the map is to show next
  notices: Notice[]
}

const START: State = {
  lang: 'zh-CN', style: 'dark', now_ms: Date.now(), health: null, seen_ms: null, lost: false, area: null, categories: null,
  eventTypes: [], on: new Set(), places: [], truncated: false, drawer: null, panel: null, pick: null, draft: null,
  incidents: [], closures: [], plan: null, changes: null, planning: false, bright: null, hidden: new Set<RouteKind>(['supply']),
  isochrones: [], coverage: null, loss: null, critical: null, missing: null, roadsTab: 'critical', look: null, notices: [],
}

type Listener = (now: State, before: State) => void

export class Store {
  private listeners = new Set<Listener>()
  private current: State = START

  get state(): State {
    return this.current
  }

  get say(): Say {
    return sayIn(this.current.lang)
  }

  set(patch: Partial<State>): void {
    const before = this.current
    this.current = { ...before, ...patch }
    for (const listener of this.listeners) listener(this.current, before)
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

export const store = new Store()

/** A category of the catalogue by its code. */
export function categoryOf(code: string): Category | undefined {
  const { categories } = store.state
  return categories && [...categories.resource, ...categories.risk].flatMap((g) => g.categories).find((c) => c.code === code) || undefined
}

/** Redraws a panel when one of the named parts of the state changes; undone when it leaves the page. */
export class Watch implements ReactiveController {
  private stop: (() => void) | null = null

  constructor(private readonly host: ReactiveControllerHost, private readonly keys: readonly (keyof State)[]) {
    host.addController(this)
  }

  hostConnected(): void {
    this.stop = store.listen((now, before) => {
      if (now.lang !== before.lang || this.keys.some((k) => now[k] !== before[k])) this.host.requestUpdate()
    })
  }

  hostDisconnected(): void {
    this.stop?.()
    this.stop = null
  }
}
