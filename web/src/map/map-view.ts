/** The map: puts the layers on it, keeps them as the store says, and turns clicks into actions. */
import * as L from 'leaflet'
import * as api from '../api'
import { openPlace, openPlan, roadAt, showRoute, startReport } from '../actions'
import { boundsOf, lines } from '../pure/geometry'
import { store, type State } from '../store'
import type { Area, LonLat, Plan } from '../types'
import { BaseLayer, startPainters } from './base-layer'
import { MarksLayer } from './marks-layer'
import { PlacesLayer } from './places-layer'
import { PlanLayer } from './plan-layer'
import type { RoadsLayer } from './roads-layer'
import { styleZoom, ui } from './scale'
import { ShapesLayer } from './shapes-layer'
import type { WayLayer } from './way-layer'

/** From this zoom on, two neighbouring streets lie a finger apart. */
const TAP_FROM = 15
const PANES = [['shapes', 350], ['names', 380], ['places', 420], ['plan', 450]] as const

export class MapView {
  private readonly map: L.Map
  private readonly places = new PlacesLayer()
  private readonly shapes = new ShapesLayer()
  private readonly marks = new MarksLayer()
  private late: { way: WayLayer; roads: RoadsLayer } | null = null
  private base: BaseLayer | null = null
  private planLayer: PlanLayer | null = null
  private stop: (() => void) | null = null

  constructor(element: HTMLElement, private readonly menu: (at: LonLat, point: L.Point) => void) {
    this.map = L.map(element, { zoomControl: false, attributionControl: false, minZoom: 7, maxZoom: 18, zoomAnimation: true, fadeAnimation: false, doubleClickZoom: false })
    for (const [name, level] of PANES) {
      const pane = this.map.createPane(name)
      pane.style.zIndex = String(level)
      pane.style.pointerEvents = 'none'
    }
    L.control.scale({ imperial: false, position: 'bottomleft', maxWidth: 120 * ui() }).addTo(this.map)
  }

  add(): void {
    this.map.addLayer(this.shapes).addLayer(this.places).addLayer(this.marks)
    this.map.on('click', this.clicked, this)
    this.map.on('contextmenu', this.asked, this)
    this.map.on('mousemove', this.hovered, this)
    this.map.on('dblclick', this.finish, this)
    this.stop = store.listen((now, before) => this.follow(now, before))
    void this.addBase()
  }

  remove(): void {
    this.stop?.()
    this.map.remove()
  }

  /** The middle of what is seen, for "near me" searches. */
  centre(): LonLat {
    const c = this.map.getCenter()
    return [c.lng, c.lat]
  }

  goTo(lon: number, lat: number, zoom = 15): void {
    this.map.setView([lat, lon], Math.max(this.map.getZoom(), zoom + (ui() >= 1.75 ? 1 : 0)))
  }

  zoom(by: number): void {
    this.map.setZoom(this.map.getZoom() + by)
  }

  home(): void {
    const { area, plan } = store.state
    if (plan) this.fitPlan(plan)
    else if (area) this.map.fitBounds(box(this.built(store.state.places) ?? area.bounds), this.free())
  }

  private async addBase(): Promise<void> {
    const painters = startPainters()
    const { base } = await api.layers()
    this.base = new BaseLayer(base, store.state.style, painters, () => [...this.places.boxes(), ...(this.planLayer?.boxes() ?? [])])
    this.map.addLayer(this.base)
  }

  private follow(now: State, before: State): void {
    if (now.area && !before.area) this.first(now.area, now.places)
    if (now.style !== before.style) this.base?.restyle(now.style)
    if (now.places !== before.places) {
      this.places.show(now.places)
      this.base?.relabel()
    }
    if (now.closures !== before.closures || now.draft !== before.draft || now.pick !== before.pick || now.isochrones !== before.isochrones || now.lang !== before.lang)
      this.shapes.show(now.closures, now.draft, now.pick?.what === 'polygon' ? now.pick.corners : [], now.isochrones, store.say)
    if (now.incidents !== before.incidents || now.panel !== before.panel) this.marks.show(now.incidents, spotOf(now))
    if (now.isochrones !== before.isochrones && now.isochrones.length) this.fitPoints(now.isochrones.flatMap((f) => lines(f.geometry).flat()))
    if (now.panel !== before.panel || now.drawer !== before.drawer) this.aside(now)
    if (now.pick?.what !== before.pick?.what) this.map.getContainer().classList.toggle('om-picking', now.pick !== null)
    if (now.panel !== before.panel && [now, before].some((s) => s.panel?.view === 'route')) void this.followWay(now, before)
    if (now.drawer !== before.drawer || now.critical !== before.critical || now.missing !== before.missing || now.roadsTab !== before.roadsTab) void this.followRoads(now, before)
    if (now.look !== before.look && now.look) this.fitPoints(lines(now.look).flat())
    this.followPlan(now, before)
  }

  private first(area: Area, places: State['places']): void {
    this.map.fitBounds(box(this.built(places) ?? area.bounds), { animate: false, ...this.free() })
    this.map.setMaxBounds(L.latLngBounds(box(area.bounds) as L.LatLngBoundsLiteral).pad(0.5))
  }

  /** The loaded area may be mostly sea; the first picture is of where things are. */
  private built(places: State['places']): [number, number, number, number] | null {
    const at = places.map((f) => f.geometry.coordinates as LonLat)
    const middle = (axis: 0 | 1): [number, number] => {
      const sorted = at.map((p) => p[axis]).sort((a, b) => a - b)
      return [sorted[Math.floor(sorted.length * 0.01)]!, sorted[Math.floor(sorted.length * 0.99)]!]
    }
    if (at.length < 20) return null
    const [w, e] = middle(0)
    const [s, n] = middle(1)
    return [w, s, e, n]
  }

  private goal(from: LonLat, at: LonLat): void {
    const { panel } = store.state
    void showRoute(from, at, panel?.view === 'route' ? panel.profile : undefined)
  }

  private async lateLayers(): Promise<{ way: WayLayer; roads: RoadsLayer }> {
    const { RoadsLayer, WayLayer } = await import('./late-layers')
    if (!this.late) {
      this.late = { way: new WayLayer(), roads: new RoadsLayer() }
      this.map.addLayer(this.late.roads).addLayer(this.late.way)
    }
    return this.late
  }

  private async followRoads({ drawer, roadsTab, critical, missing, plan }: State, before: State): Promise<void> {
    const open = drawer === 'roads'
    if (!open && before.drawer !== 'roads') return
    const { roads } = await this.lateLayers()
    this.places.fade(open || plan !== null)
    roads.show(open && roadsTab === 'critical' ? (critical?.features ?? []) : [], open && roadsTab === 'missing' ? (missing?.features ?? []) : [])
  }

  private async followWay({ panel }: State, before: State): Promise<void> {
    const { way } = await this.lateLayers()
    if (panel?.view !== 'route') return way.show([], 0, [])
    const { answer, chosen, from, to } = panel
    const ways = answer ? [answer, ...answer.alternatives] : []
    way.show(ways, chosen, to ? [from, to] : [from])
    const first = before.panel?.view !== 'route' || before.panel.answer !== answer
    if (first && ways.length) this.fitPoints([from, ...(to ? [to] : []), ...ways.flatMap((w) => (w.geometry ? lines(w.geometry).flat() : []))])
  }

  /** The plan steps aside while reach or a route is looked at: two pictures at once are none. */
  private followPlan(now: State, before: State): void {
    const aside = ['reach', 'route']
    const reach = aside.includes(now.panel?.view ?? '')
    if (now.plan !== before.plan || now.lang !== before.lang || reach !== aside.includes(before.panel?.view ?? '')) {
      if (!now.plan || reach) {
        if (this.planLayer) this.map.removeLayer(this.planLayer)
        this.planLayer = null
      } else if (this.planLayer) this.planLayer.show(now.plan, store.say, now.lang)
      else {
        this.planLayer = new PlanLayer(now.plan, store.say, now.lang, () => this.window())
        this.map.addLayer(this.planLayer)
      }
      this.places.fade(now.plan !== null && !reach)
      this.base?.relabel()
      if (now.plan && now.plan.incident.id !== before.plan?.incident.id) this.fitPlan(now.plan)
    }
    this.planLayer?.highlight(now.bright)
    if (now.hidden !== before.hidden) this.base?.relabel()
    this.planLayer?.hide(now.hidden)
  }

  private fitPlan(plan: Plan): void {
    const near: LonLat[] = [[plan.incident.lon, plan.incident.lat], ...plan.zones.flatMap((z) => lines(z.geometry).flat())]
    const { primary } = plan.forward_command_post
    if (primary) near.push([primary.lon, primary.lat])
    const forces = plan.forces.flatMap((f) => f.assigned).sort((a, b) => (a.eta_s ?? 9e9) - (b.eta_s ?? 9e9))
    // The first to arrive belong in the picture; a team from the far end of the city does not.
    for (const a of forces.slice(0, 8)) near.push([a.lon, a.lat])
    this.fitPoints(near)
  }

  private fitPoints(points: LonLat[]): void {
    const b = boundsOf(points)
    if (b) this.map.fitBounds(box(b), { ...this.free(), maxZoom: 16 })
  }

  /** What must not lie under a panel moves when one opens: the scale bar, and the plan's names. */
  private aside({ panel, drawer }: State): void {
    const { classList } = this.map.getContainer()
    classList.toggle('om-docked', panel?.view === 'plan')
    classList.toggle('om-drawn', drawer !== null)
    this.planLayer?.redraw()
  }

  /** The part of the map no panel covers, in pixels of its container: x0, y0, x1, y1. */
  private window(): [number, number, number, number] {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize)
    const { panel, drawer } = store.state
    const { x: width, y: height } = this.map.getSize()
    if (width <= 760) return [0, 3.9 * rem, width, panel || drawer ? height * 0.4 : height - 4.4 * rem]
    const legend = panel?.view === 'plan' && width >= 1200 ? 16.5 : 5
    const right = panel ? (width < 1200 ? 29.8 : 32.3) : 0
    return [(drawer ? 29.6 : legend) * rem, 3.9 * rem, width - right * rem, height - (panel?.view === 'plan' && width >= 1600 ? 18.2 : 2) * rem]
  }

  /** The same with some air, as Leaflet fits to it. */
  private free(): L.FitBoundsOptions {
    const [x0, y0, x1, y1] = this.window()
    const { x: width, y: height } = this.map.getSize()
    const air = 1.8 * parseFloat(getComputedStyle(document.documentElement).fontSize)
    return { paddingTopLeft: [x0 + air, y0 + air], paddingBottomRight: [width - x1 + air, height - y1 + air] }
  }

  private clicked(event: L.LeafletMouseEvent): void {
    const at: LonLat = [event.latlng.lng, event.latlng.lat]
    const { pick } = store.state
    if (pick?.what === 'incident') startReport(at)
    else if (pick?.what === 'road') this.tapRoad(at)
    else if (pick?.what === 'goal') this.goal(pick.from, at)
    else if (pick?.what === 'polygon') store.set({ pick: { what: 'polygon', corners: [...pick.corners, at] } })
    else this.look(event.containerPoint)
  }

  private look(point: L.Point): void {
    const incident = this.marks.hit(point)
    if (incident) return void openPlan(incident)
    const hit = this.places.hit(point)
    if (hit && 'place' in hit) void openPlace(hit.place)
    else if (hit) this.map.setView(hit.cluster, Math.min(hit.zoom, this.map.getMaxZoom()))
    else store.set({ bright: this.planLayer?.hit(point) ?? null })
  }

  /** From afar a tap says no more than the neighbourhood: come closer first. */
  private tapRoad(at: LonLat): void {
    if (styleZoom(this.map.getZoom()) >= TAP_FROM) this.closeRoad(at)
    else this.goTo(at[0], at[1], TAP_FROM + 1)
  }

  /** A small disc around a tapped road: about a finger at this zoom, 10–25 m on the ground. */
  closeRoad(at: LonLat): void {
    const perPixel = (40075016 * Math.cos((at[1] * Math.PI) / 180)) / 256 / 2 ** this.map.getZoom()
    store.set({ pick: null, draft: roadAt(at, Math.max(10, Math.min(25, perPixel * 8))), drawer: 'closures' })
  }

  private asked(event: L.LeafletMouseEvent): void {
    L.DomEvent.preventDefault(event.originalEvent)
    if (!store.state.pick) this.menu([event.latlng.lng, event.latlng.lat], event.containerPoint)
  }

  private hovered(event: L.LeafletMouseEvent): void {
    const { pick } = store.state
    if (pick) return
    const point = event.containerPoint
    const over = this.marks.hit(point) !== null || this.places.hit(point) !== null || (this.planLayer?.hit(point) ?? null) !== null
    this.map.getContainer().classList.toggle('om-over', over)
  }

  private finish(event: L.LeafletMouseEvent): void {
    if (!store.state.pick) this.map.setZoomAround(event.latlng, this.map.getZoom() + 1)
  }
}

/** The place the open panel is about. */
function spotOf({ panel }: State): LonLat | null {
  if (!panel || panel.view === 'plan' || panel.view === 'route') return null
  return panel.view === 'place' ? [panel.place.lon, panel.place.lat] : panel.at
}

const box = ([w, s, e, n]: [number, number, number, number]): L.LatLngBoundsExpression => [[s, w], [n, e]]
