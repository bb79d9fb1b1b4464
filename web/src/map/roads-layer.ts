/** What the roads drawer is about: the roads that cannot be spared, by rank, or where none is known. */
import type * as L from 'leaflet'
import { lines } from '../pure/geometry'
import type { CriticalRoad, Feature, LonLat, MissingSpot } from '../types'
import { CanvasLayer } from './canvas-layer'
import { ui } from './scale'

type XY = (lon: number, lat: number) => L.Point
const HEAVY = '#ff7a3d'

export class RoadsLayer extends CanvasLayer {
  private critical: readonly Feature<CriticalRoad>[] = []
  private missing: readonly Feature<MissingSpot>[] = []

  constructor() {
    super('shapes')
  }

  show(critical: readonly Feature<CriticalRoad>[], missing: readonly Feature<MissingSpot>[]): void {
    Object.assign(this, { critical, missing })
    this.redraw()
  }

  protected draw(c: CanvasRenderingContext2D, _w: number, _h: number, xy: XY): void {
    for (const spot of this.missing) this.spot(c, spot, xy)
    const worst = this.critical[0]?.properties.people_minutes || 1
    for (const road of this.critical) this.road(c, road, worst, xy)
    for (const road of [...this.critical].reverse()) this.rank(c, road, xy)
  }

  private road(c: CanvasRenderingContext2D, { geometry, properties }: Feature<CriticalRoad>, worst: number, xy: XY): void {
    c.lineCap = c.lineJoin = 'round'
    const wide = (4 + 5 * Math.sqrt(Math.max(0, properties.people_minutes ?? 0) / worst)) * ui()
    for (const [colour, more] of [['rgba(8,13,22,0.75)', 3], [HEAVY, 0]] as const)
      for (const line of lines(geometry)) {
        c.beginPath()
        line.forEach(([lon, lat], i) => {
          const p = xy(lon, lat)
          if (i) c.lineTo(p.x, p.y)
          else c.moveTo(p.x, p.y)
        })
        c.strokeStyle = colour
        c.lineWidth = wide + more * ui()
        c.stroke()
      }
  }

  private rank(c: CanvasRenderingContext2D, { properties }: Feature<CriticalRoad>, xy: XY): void {
    const { x, y } = xy(properties.lon, properties.lat)
    const r = 11 * ui()
    c.beginPath()
    c.arc(x, y, r, 0, 2 * Math.PI)
    c.fillStyle = '#c2410c'
    c.fill()
    c.strokeStyle = '#fff'
    c.lineWidth = 1.8 * ui()
    c.stroke()
    c.fillStyle = '#fff'
    c.font = `700 ${12.5 * ui()}px sans-serif`
    c.textAlign = 'center'
    c.textBaseline = 'middle'
    c.fillText(String(properties.rank), x, y)
  }

  /** A hollow dashed ring: here people live, and no road is known. */
  private spot(c: CanvasRenderingContext2D, { geometry, properties }: Feature<MissingSpot>, xy: XY): void {
    const { x, y } = xy(...(geometry.coordinates as LonLat))
    c.beginPath()
    c.arc(x, y, (properties.kind === 'village' ? 9 : 5) * ui(), 0, 2 * Math.PI)
    c.strokeStyle = '#ffb020'
    c.lineWidth = 2 * ui()
    c.setLineDash([3 * ui(), 2.4 * ui()])
    c.stroke()
    c.setLineDash([])
  }
}
