/** A plan on the map: zones, routes with their direction, post, forces, shelters, cordon points. */
import type * as L from 'leaflet'
import { minutes } from '../pure/format'
import { along, distanceToLine2, lines } from '../pure/geometry'
import { Taken } from '../pure/labels'
import { glyphOf, kindOf, type Glyph, type Kind } from '../symbols'
import type { Plan, PlanRoute, RouteKind } from '../types'
import { downwind, windWords } from '../pure/wind'
import { both, type Lang, type Say } from '../words'
import { CanvasLayer } from './canvas-layer'
import { arrow, control, halo, incidentMark, plate, ROUTES, WIND, windArrow, ZONES } from './plan-look'
import { sprite } from './sprites'
import { styleZoom, ui } from './scale'

type XY = (lon: number, lat: number) => L.Point
type Box = [number, number, number, number]
interface Actor { lon: number; lat: number; kind: Kind; glyph: Glyph; text: string; route: string | null; colour: string; show: RouteKind; rank: number }

export class PlanLayer extends CanvasLayer {
  private hidden: ReadonlySet<RouteKind> = new Set()
  private bright: string | null = null
  private drawn: { id: string; xy: number[] }[] = []
  private covered: Box[] = []
  private seen: Box = [0, 0, 0, 0]

  /** `window`: the part of the container no panel covers; names are set inside it. */
  constructor(private plan: Plan, private say: Say, private lang: Lang, private readonly window: () => Box) {
    super('plan')
  }

  show(plan: Plan, say: Say, lang: Lang): void {
    Object.assign(this, { plan, say, lang })
    this.redraw()
  }

  /** Brings one route forward; null: all alike. */
  highlight(route: string | null): void {
    if (this.bright === route) return
    this.bright = route
    this.redraw()
  }

  hide(kinds: ReadonlySet<RouteKind>): void {
    if (this.hidden === kinds) return
    this.hidden = kinds
    this.redraw()
  }

  /** What its symbols and plates cover on a canvas like its own: names keep off them. */
  boxes(): Box[] {
    return this.covered
  }

  /** The route within a finger of a point of the container. */
  hit(at: L.Point): string | null {
    const map = this.map
    if (!map) return null
    const p = map.getPixelOrigin().add(map.containerPointToLayerPoint(at)).subtract(this.worldOffset())
    let best: string | null = null
    let least = (9 * ui()) ** 2
    for (const { id, xy } of this.drawn) {
      const d = distanceToLine2(p.x, p.y, xy)
      if (d < least) [best, least] = [id, d]
    }
    return best
  }

  protected draw(c: CanvasRenderingContext2D, _w: number, _h: number, xy: XY): void {
    const { plan } = this
    this.zones(c, xy)
    this.drawn = []
    this.covered = []
    this.seen = this.windowHere()
    const order = Object.keys(ROUTES)
    const shown = plan.routes.filter((r) => !this.hidden.has(r.kind) || r.id === this.bright).sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
    for (const r of shown) if (r.id !== this.bright) this.route(c, r, xy, false)
    for (const r of shown) if (r.id === this.bright) this.route(c, r, xy, true)
    if (styleZoom(this.map!.getZoom()) >= 13.5) this.controls(c, xy)
    this.actors(c, xy)
  }

  /** Ways in and out first; of closed roads side by side one sign is enough until one comes closer. */
  private controls(c: CanvasRenderingContext2D, xy: XY): void {
    const r = 9 * ui()
    const taken = new Taken()
    const open = this.plan.traffic_control.filter((t) => t.action !== 'close')
    for (const t of [...open, ...this.plan.traffic_control.filter((t) => t.action === 'close')]) {
      const p = xy(t.lon, t.lat)
      if (taken.take(p.x - r, p.y - r, p.x + r, p.y + r)) control(c, p.x, p.y, t.action, r)
    }
  }

  private zones(c: CanvasRenderingContext2D, xy: XY): void {
    const zones = this.plan.zones
    for (let i = zones.length - 1; i >= 0; i--) {
      const colour = ZONES[Math.min(i, ZONES.length - 1)]!
      c.beginPath()
      for (const ring of lines(zones[i]!.geometry)) ring.forEach(([lon, lat], j) => { const p = xy(lon, lat); if (j) c.lineTo(p.x, p.y); else c.moveTo(p.x, p.y) })
      c.fillStyle = colour
      c.globalAlpha = i === 0 ? 0.2 : 0.09
      c.fill('evenodd')
      c.globalAlpha = 0.95
      c.strokeStyle = colour
      c.lineWidth = (i === 0 ? 2.4 : 1.8) * ui()
      c.setLineDash(i === 0 ? [] : [9 * ui(), 5 * ui()])
      c.stroke()
      c.setLineDash([])
    }
    c.globalAlpha = 1
  }

  private route(c: CanvasRenderingContext2D, route: PlanRoute, xy: XY, bright: boolean): void {
    const look = ROUTES[route.kind]
    const flat: number[] = []
    for (const [lon, lat] of route.geometry) {
      const p = xy(lon, lat)
      flat.push(p.x, p.y)
    }
    this.drawn.push({ id: route.id, xy: flat })
    c.beginPath()
    for (let i = 0; i < flat.length; i += 2) if (i) c.lineTo(flat[i]!, flat[i + 1]!); else c.moveTo(flat[i]!, flat[i + 1]!)
    const width = look.width * (bright ? 1.7 : 1) * ui()
    c.globalAlpha = this.bright && !bright ? 0.22 : 1
    c.lineJoin = c.lineCap = 'round'
    c.strokeStyle = 'rgba(6,10,18,0.85)'
    c.lineWidth = width + 3.2 * ui()
    c.stroke()
    c.strokeStyle = look.colour
    c.lineWidth = width
    c.lineCap = look.dash.length ? 'butt' : 'round'
    c.setLineDash(look.dash.map((d) => d * ui()))
    c.stroke()
    c.setLineDash([])
    for (const s of along(flat, (bright ? 90 : 170) * ui())) arrow(c, s.x, s.y, s.angle, (bright ? 7 : 5) * ui(), look.colour)
    c.globalAlpha = 1
  }

  /** Everyone with a part in the plan: symbols first, then as many names as there is room for. */
  private actors(c: CanvasRenderingContext2D, xy: XY): void {
    const size = Math.round(27 * ui())
    const text = Math.round(14 * ui())
    const taken = new Taken(96)
    const all = this.cast().filter((a) => !this.hidden.has(a.show) || a.show === 'post')
    const at = all.map((a) => xy(a.lon, a.lat))
    const incident = xy(this.plan.incident.lon, this.plan.incident.lat)
    for (const p of [...at, incident]) this.cover(taken, p.x - size / 2, p.y - size / 2, p.x + size / 2, p.y + size / 2)
    all.forEach((a, i) => {
      c.globalAlpha = this.bright && a.route !== this.bright ? 0.5 : 1
      const d = size * 1.25 * (a.show === 'post' ? 1.25 : 1)
      c.drawImage(sprite(a.kind, a.glyph, size), at[i]!.x - d / 2, at[i]!.y - d / 2, d, d)
    })
    c.globalAlpha = 1
    incidentMark(c, incident.x, incident.y, 13 * ui())
    this.wind(c, incident, text, taken)
    const order = all.map((_, i) => i).sort((a, b) => Number(all[b]!.route === this.bright) - Number(all[a]!.route === this.bright) || all[a]!.rank - all[b]!.rank)
    for (const i of order) this.name(c, all[i]!, at[i]!, size, text, taken)
    this.zoneNames(c, xy, text, taken)
  }

  private name(c: CanvasRenderingContext2D, actor: Actor, p: L.Point, size: number, text: number, taken: Taken): void {
    if (this.bright && actor.route !== this.bright) return
    c.font = `600 ${text}px sans-serif`
    const w = c.measureText(actor.text).width * 1.04 + text
    const gap = size * 0.72
    const step = size * 0.6 + text * 0.9
    const [x0, y0, x1, y1] = this.seen
    for (const [x, y] of [[p.x + gap, p.y], [p.x - gap - w, p.y], [p.x - w / 2, p.y - step], [p.x - w / 2, p.y + step]] as const) {
      const [top, bottom] = [y - text * 0.9, y + text * 0.9]
      if (x < x0 || x + w > x1 || top < y0 || bottom > y1 || !taken.free(x, top, x + w, bottom)) continue
      this.cover(taken, x, top, x + w, bottom)
      plate(c, actor.text, x, y, actor.colour, text)
      return
    }
  }

  /** The free part of the container in pixels of the canvas. */
  private windowHere(): Box {
    const [x0, y0, x1, y1] = this.window()
    const map = this.map!
    const o = map.getPixelOrigin().add(map.containerPointToLayerPoint([0, 0])).subtract(this.worldOffset())
    return [x0 + o.x, y0 + o.y, x1 + o.x, y1 + o.y]
  }

  /** The wind blows towards the incident from where it comes; a playbook that needs it says when it is missing. */
  private wind(c: CanvasRenderingContext2D, at: L.Point, text: number, taken: Taken): void {
    const { incident, unknowns } = this.plan
    const to = downwind(incident)
    if (!to && !unknowns.some((u) => u.what === 'wind')) return
    const said = windWords(incident, this.say)
    c.font = `600 ${text}px sans-serif`
    const half = (c.measureText(said).width * 1.04 + text) / 2
    const far = to ? 100 * ui() : 0
    const tail = to ? { x: at.x - to.x * far, y: at.y - to.y * far } : { x: at.x, y: at.y + 22 * ui() }
    if (to) windArrow(c, tail.x, tail.y, at.x - to.x * 34 * ui(), at.y - to.y * 34 * ui(), ui())
    const y = tail.y + (to ? (to.y <= 0 ? 1 : -1) * text * 1.3 : text)
    this.cover(taken, tail.x - half, y - text * 0.9, tail.x + half, y + text * 0.9)
    if (to) this.cover(taken, Math.min(tail.x, at.x), Math.min(tail.y, at.y), Math.max(tail.x, at.x), Math.max(tail.y, at.y))
    plate(c, said, tail.x - half, y, to ? WIND : ZONES[2]!, text)
  }

  private cover(taken: Taken, x0: number, y0: number, x1: number, y1: number): void {
    taken.mark(x0, y0, x1, y1)
    this.covered.push([x0, y0, x1, y1])
  }

  private zoneNames(c: CanvasRenderingContext2D, xy: XY, size: number, taken: Taken): void {
    this.plan.zones.forEach((zone, i) => {
      const points = lines(zone.geometry).flat().map(([lon, lat]) => xy(lon, lat))
      const top = points.reduce<L.Point | null>((a, b) => (!a || b.y < a.y ? b : a), null)
      if (!top) return
      const text = both(zone, 'name', this.lang)
      c.font = `700 ${size}px sans-serif`
      const w = c.measureText(text).width / 2 + size / 2
      if (!taken.take(top.x - w, top.y - size * 1.8, top.x + w, top.y)) return
      c.textAlign = 'center'
      c.textBaseline = 'bottom'
      halo(c, text, top.x, top.y - size * 0.3, ZONES[Math.min(i, ZONES.length - 1)]!, size, 700)
    })
  }

  private cast(): Actor[] {
    const { plan, say } = this
    const found: Actor[] = []
    const after = (s: number | null): string => (s === null ? '' : ` ${minutes(s)}′`)
    const { primary, alternate } = plan.forward_command_post
    if (primary) found.push({ ...primary, kind: 'site', glyph: 'flag', text: say('section.post'), colour: ROUTES.post.colour, show: 'post', rank: 0 })
    for (const h of plan.medical.hospitals) found.push({ ...h, kind: 'medical', glyph: 'cross', text: h.name + after(h.road_s), colour: ROUTES.medical.colour, show: 'medical', rank: 3 })
    for (const s of plan.evacuation.shelters) found.push({ ...s, kind: 'shelter', glyph: 'house', text: s.name, colour: ROUTES.evacuation.colour, show: 'evacuation', rank: 4 })
    for (const f of plan.forces)
      for (const a of f.assigned)
        found.push({ ...a, kind: kindOf(a.category, a.kind), glyph: glyphOf(a.category), text: a.name + after(a.eta_s), colour: ROUTES.force.colour, show: 'force', rank: 1 + (a.eta_s ?? 9e6) / 1e7 })
    if (alternate) found.push({ ...alternate, kind: 'site', glyph: 'flag', text: `${say('section.post')} · ${say('post.alternate')}`, route: alternate.route, colour: '#9fb0c8', show: 'post', rank: 2 })
    return found
  }
}
