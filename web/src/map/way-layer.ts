/** The way that the route panel is about, over the paler ways that it might take instead. */
import type * as L from 'leaflet'
import type { LonLat, Way } from '../types'
import { CanvasLayer } from './canvas-layer'
import { arrow } from './plan-look'
import { ui } from './scale'

const CHOSEN = '#55aaff'
const OTHER = '#8b9bb4'

export class WayLayer extends CanvasLayer {
  private ways: readonly Way[] = []
  private chosen = 0
  private ends: readonly LonLat[] = []

  constructor() {
    super('plan')
  }

  show(ways: readonly Way[], chosen: number, ends: readonly LonLat[]): void {
    Object.assign(this, { ways, chosen, ends })
    this.redraw()
  }

  protected draw(c: CanvasRenderingContext2D, _w: number, _h: number, xy: (lon: number, lat: number) => L.Point): void {
    this.ways.forEach((way, i) => i !== this.chosen && this.line(c, way, OTHER, 3.2, xy))
    const way = this.ways[this.chosen]
    if (way) this.line(c, way, CHOSEN, 5.2, xy)
    this.ends.forEach((at, i) => this.end(c, xy(...at), i === 0 ? 'A' : 'B'))
  }

  private line(c: CanvasRenderingContext2D, way: Way, colour: string, width: number, xy: (lon: number, lat: number) => L.Point): void {
    const points = (way.geometry?.coordinates as LonLat[] | undefined)?.map(([lon, lat]) => xy(lon, lat)) ?? []
    if (points.length < 2) return
    c.lineJoin = c.lineCap = 'round'
    for (const [stroke, more] of [['rgba(8,13,22,0.8)', 3.4], [colour, 0]] as const) {
      c.beginPath()
      points.forEach((p, i) => (i ? c.lineTo(p.x, p.y) : c.moveTo(p.x, p.y)))
      c.strokeStyle = stroke
      c.lineWidth = (width + more) * ui()
      c.stroke()
    }
    if (colour === CHOSEN) this.heads(c, points)
  }

  /** Arrowheads about every 160 pixels, so that the direction reads at a glance. */
  private heads(c: CanvasRenderingContext2D, points: L.Point[]): void {
    const gap = 160 * ui()
    let left = gap / 2
    for (let i = 1; i < points.length; i++) {
      const [a, b] = [points[i - 1]!, points[i]!]
      const long = Math.hypot(b.x - a.x, b.y - a.y)
      if (long < left) {
        left -= long
        continue
      }
      const t = left / long
      arrow(c, a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t, Math.atan2(b.y - a.y, b.x - a.x), 6 * ui(), CHOSEN)
      left = gap
    }
  }

  private end(c: CanvasRenderingContext2D, { x, y }: L.Point, letter: string): void {
    c.beginPath()
    c.arc(x, y, 12 * ui(), 0, 2 * Math.PI)
    c.fillStyle = letter === 'A' ? '#1c9d68' : '#d92f3a'
    c.fill()
    c.strokeStyle = '#fff'
    c.lineWidth = 2.2 * ui()
    c.stroke()
    c.fillStyle = '#fff'
    c.font = `700 ${14 * ui()}px sans-serif`
    c.textAlign = 'center'
    c.textBaseline = 'middle'
    c.fillText(letter, x, y)
  }
}
