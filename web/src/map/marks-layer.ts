/** Incidents that are being handled, and the place a panel is about. */
import type * as L from 'leaflet'
import type { Incident, LonLat } from '../types'
import { CanvasLayer } from './canvas-layer'
import { incidentMark } from './plan-look'
import { ui } from './scale'

export class MarksLayer extends CanvasLayer {
  private incidents: readonly Incident[] = []
  private spot: LonLat | null = null
  private drawn: { id: string; x: number; y: number }[] = []

  constructor() {
    super('plan')
  }

  show(incidents: readonly Incident[], spot: LonLat | null): void {
    this.incidents = incidents
    this.spot = spot
    this.redraw()
  }

  /** The incident under a point of the map's container. */
  hit(at: L.Point): string | null {
    const map = this.map
    if (!map) return null
    const p = map.getPixelOrigin().add(map.containerPointToLayerPoint(at)).subtract(this.worldOffset())
    const reach = Math.max(14 * ui(), 18)
    return this.drawn.find(({ x, y }) => Math.hypot(x - p.x, y - p.y) <= reach)?.id ?? null
  }

  protected draw(c: CanvasRenderingContext2D, _w: number, _h: number, xy: (lon: number, lat: number) => L.Point): void {
    this.drawn = this.incidents.map((i) => {
      const { x, y } = xy(i.lon, i.lat)
      incidentMark(c, x, y, 9 * ui())
      return { id: i.id, x, y }
    })
    if (this.spot) this.cross(c, xy(...this.spot))
  }

  /** A ring with four ticks: here, and nowhere near it. */
  private cross(c: CanvasRenderingContext2D, { x, y }: L.Point): void {
    const r = 13 * ui()
    c.beginPath()
    c.arc(x, y, r, 0, 2 * Math.PI)
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) {
      c.moveTo(x + dx * r * 0.55, y + dy * r * 0.55)
      c.lineTo(x + dx * r * 1.6, y + dy * r * 1.6)
    }
    for (const [colour, width] of [['rgba(8,13,22,0.85)', 6], ['#ff4b52', 2.6]] as const) {
      c.strokeStyle = colour
      c.lineWidth = width * ui()
      c.stroke()
    }
  }
}
