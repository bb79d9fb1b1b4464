/** Areas a person looks at or draws: closures in force, the one being drawn, and reach in minutes. */
import type * as L from 'leaflet'
import { lines } from '../pure/geometry'
import type { Closure, Feature, Geometry, LonLat } from '../types'
import type { Say } from '../words'
import { CanvasLayer } from './canvas-layer'
import { halo } from './plan-look'
import { ui } from './scale'

type XY = (lon: number, lat: number) => L.Point
export const REACH_COLOURS = ['#5ee6a8', '#7ed0ff', '#8f9dff', '#c58bff']

export class ShapesLayer extends CanvasLayer {
  private closures: Closure[] = []
  private draft: Geometry | null = null
  private corners: LonLat[] = []
  private reach: Feature<{ minutes: number }>[] = []
  private say: Say | null = null

  constructor() {
    super('shapes')
  }

  show(closures: Closure[], draft: Geometry | null, corners: LonLat[], reach: Feature<{ minutes: number }>[], say: Say): void {
    Object.assign(this, { closures, draft, corners, reach: [...reach].sort((a, b) => b.properties.minutes - a.properties.minutes), say })
    this.redraw()
  }

  protected draw(c: CanvasRenderingContext2D, _w: number, _h: number, xy: XY): void {
    this.reach.forEach((f, i) => this.drawReach(c, f, this.reach.length - 1 - i, xy))
    for (const closure of this.closures) this.drawClosure(c, closure, xy)
    this.drawClosed(c, this.draft, xy)
    this.drawCorners(c, xy)
  }

  private trace(c: CanvasRenderingContext2D, geometry: Geometry | null, xy: XY): void {
    c.beginPath()
    for (const ring of lines(geometry))
      ring.forEach(([lon, lat], i) => {
        const p = xy(lon, lat)
        if (i) c.lineTo(p.x, p.y)
        else c.moveTo(p.x, p.y)
      })
  }

  private drawReach(c: CanvasRenderingContext2D, feature: Feature<{ minutes: number }>, i: number, xy: XY): void {
    const colour = REACH_COLOURS[Math.min(i, REACH_COLOURS.length - 1)]!
    this.trace(c, feature.geometry, xy)
    c.fillStyle = colour
    c.globalAlpha = 0.22
    c.fill('evenodd')
    c.globalAlpha = 0.9
    c.strokeStyle = colour
    c.lineWidth = 1.3 * ui()
    c.stroke()
    const top = lines(feature.geometry).flat().reduce<LonLat | null>((a, b) => (!a || b[1] > a[1] ? b : a), null)
    if (top && this.say) {
      const p = xy(top[0], top[1])
      c.textAlign = 'center'
      c.textBaseline = 'middle'
      halo(c, this.say('reach.minutes', { n: feature.properties.minutes }), p.x, p.y, colour, 16 * ui(), 700)
    }
    c.globalAlpha = 1
  }

  /** The area as it was drawn, and over it the roads that it takes: dashed where they are only slow. */
  private drawClosure(c: CanvasRenderingContext2D, closure: Closure, xy: XY): void {
    const { geometry, stretches, speed_factor } = closure
    if (!stretches) return this.drawClosed(c, geometry, xy)
    if (geometry?.type.endsWith('Polygon')) this.drawClosed(c, geometry, xy)
    c.lineCap = 'butt'
    for (const [colour, width] of [['rgba(8,13,22,0.85)', 7.5], [speed_factor ? '#ffb020' : '#ff5a63', 5]] as const) {
      this.trace(c, stretches, xy)
      c.strokeStyle = colour
      c.lineWidth = width * ui()
      c.setLineDash(speed_factor && width < 7 ? [9 * ui(), 6 * ui()] : [])
      c.stroke()
    }
    c.setLineDash([])
    if (!geometry?.type.endsWith('Polygon') && !speed_factor) this.noEntry(c, stretches, xy)
  }

  /** Closed: hatched red, so that it reads without its colour too. */
  private drawClosed(c: CanvasRenderingContext2D, geometry: Geometry | null, xy: XY): void {
    if (!geometry) return
    const area = geometry.type.endsWith('Polygon')
    this.trace(c, geometry, xy)
    if (area) {
      c.fillStyle = 'rgba(255,70,80,0.16)'
      c.fill('evenodd')
      this.hatch(c, geometry, xy)
      this.trace(c, geometry, xy)
    }
    c.strokeStyle = '#ff5a63'
    c.lineWidth = (area ? 2.4 : 6) * ui()
    c.stroke()
    this.noEntry(c, geometry, xy)
  }

  private hatch(c: CanvasRenderingContext2D, geometry: Geometry, xy: XY): void {
    const points = lines(geometry).flat().map(([lon, lat]) => xy(lon, lat))
    const x0 = Math.min(...points.map((p) => p.x)), x1 = Math.max(...points.map((p) => p.x))
    const y0 = Math.min(...points.map((p) => p.y)), y1 = Math.max(...points.map((p) => p.y))
    c.save()
    c.clip('evenodd')
    c.beginPath()
    for (let x = x0 - (y1 - y0); x < x1; x += 11 * ui()) {
      c.moveTo(x, y1)
      c.lineTo(x + (y1 - y0), y0)
    }
    c.strokeStyle = 'rgba(255,90,99,0.55)'
    c.lineWidth = 1.6 * ui()
    c.stroke()
    c.restore()
  }

  private noEntry(c: CanvasRenderingContext2D, geometry: Geometry, xy: XY): void {
    const ring = lines(geometry)[0]
    if (!ring?.length) return
    const corners = geometry.type.endsWith('Polygon') ? ring.slice(0, -1) : ring
    const p = corners.reduce((sum, [lon, lat]) => sum.add(xy(lon, lat)), xy(...corners[0]!).multiplyBy(0)).divideBy(corners.length)
    const r = 11 * ui()
    c.beginPath()
    c.arc(p.x, p.y, r, 0, 2 * Math.PI)
    c.fillStyle = '#d92f3a'
    c.fill()
    c.strokeStyle = '#fff'
    c.lineWidth = 2 * ui()
    c.stroke()
    c.fillStyle = '#fff'
    c.fillRect(p.x - r * 0.6, p.y - r * 0.18, r * 1.2, r * 0.36)
  }

  private drawCorners(c: CanvasRenderingContext2D, xy: XY): void {
    if (!this.corners.length) return
    c.beginPath()
    this.corners.forEach(([lon, lat], i) => {
      const p = xy(lon, lat)
      if (i) c.lineTo(p.x, p.y)
      else c.moveTo(p.x, p.y)
    })
    if (this.corners.length > 2) c.closePath()
    c.fillStyle = 'rgba(255,70,80,0.16)'
    c.fill()
    c.strokeStyle = '#ff5a63'
    c.lineWidth = 2.4 * ui()
    c.setLineDash([7 * ui(), 5 * ui()])
    c.stroke()
    c.setLineDash([])
    for (const [lon, lat] of this.corners) {
      const p = xy(lon, lat)
      c.beginPath()
      c.arc(p.x, p.y, 5.5 * ui(), 0, 2 * Math.PI)
      c.fillStyle = '#fff'
      c.fill()
      c.stroke()
    }
  }
}
