/** Risk sources and resources: sprites on one canvas, clustered when seen from afar. */
import * as L from 'leaflet'
import Flatbush from 'flatbush'
import Supercluster from 'supercluster'
import type { Feature, PlaceProperties } from '../types'
import { BADGES, glyphOf, kindOf, type Kind } from '../symbols'
import { CanvasLayer } from './canvas-layer'
import { FONT } from './paint'
import { sprite } from './sprites'
import { styleZoom, ui } from './scale'

const CLUSTER_BELOW = 13
type Counts = Partial<Record<Kind, number>>
type Grouped = Supercluster<{ kind: Kind; index: number }, { kinds: Counts }>

export type Hit = { place: string } | { cluster: L.LatLng; zoom: number }
interface Target { x: number; y: number; r: number; half: number; hit: Hit }

export class PlacesLayer extends CanvasLayer {
  private features: Feature<PlaceProperties>[] = []
  private tree: Flatbush | null = null
  private x = new Float64Array(0)
  private y = new Float64Array(0)
  private grouped: Grouped | null = null
  private targets: Target[] = []
  private faded = false

  constructor() {
    super('places')
  }

  show(features: Feature<PlaceProperties>[]): void {
    this.features = features
    const n = features.length
    this.x = new Float64Array(n)
    this.y = new Float64Array(n)
    this.tree = n ? new Flatbush(n) : null
    features.forEach((f, i) => {
      const [lon, lat] = f.geometry.coordinates as [number, number]
      const p = L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lon), 0)
      this.x[i] = p.x
      this.y[i] = p.y
      this.tree!.add(p.x, p.y)
    })
    this.tree?.finish()
    this.grouped = new Supercluster<{ kind: Kind; index: number }, { kinds: Counts }>({
      radius: 70, maxZoom: CLUSTER_BELOW - 1, minPoints: 3,
      map: ({ kind }) => ({ kinds: { [kind]: 1 } }),
      reduce: (sum, one) => {
        sum.kinds = { ...sum.kinds }
        for (const [k, v] of Object.entries(one.kinds) as [Kind, number][]) sum.kinds[k] = (sum.kinds[k] ?? 0) + v
      },
    }).load(
      features.map((f, index) => ({
        type: 'Feature', geometry: { type: 'Point', coordinates: f.geometry.coordinates as [number, number] },
        properties: { kind: kindOf(f.properties.category, f.properties.kind), index },
      })),
    )
    this.redraw()
  }

  /** Steps back while a plan is shown. */
  fade(faded: boolean): void {
    this.faded = faded
    this.redraw()
  }

  /** The boxes its symbols cover on a canvas like its own: names keep off them. */
  boxes(): [number, number, number, number][] {
    return this.targets.map(({ x, y, half }) => [x - half, y - half, x + half, y + half])
  }

  /** What lies under a point of the map's container. */
  hit(at: L.Point): Hit | null {
    const map = this.map
    if (!map) return null
    const p = map.getPixelOrigin().add(map.containerPointToLayerPoint(at)).subtract(this.worldOffset())
    let best: Target | null = null
    let least = Infinity
    for (const t of this.targets) {
      const d = Math.hypot(t.x - p.x, t.y - p.y)
      if (d <= t.r && d < least) [best, least] = [t, d]
    }
    return best?.hit ?? null
  }

  protected draw(c: CanvasRenderingContext2D, width: number, height: number, xy: (lon: number, lat: number) => L.Point): void {
    this.targets = []
    if (!this.tree) return
    c.globalAlpha = this.faded ? 0.4 : 1
    const zoom = styleZoom(this.map!.getZoom())
    if (zoom < CLUSTER_BELOW) this.drawClusters(c, width, height, zoom, xy)
    else this.drawPoints(c, width, height)
    c.globalAlpha = 1
  }

  private drawPoints(c: CanvasRenderingContext2D, width: number, height: number): void {
    const k = 2 ** this.map!.getZoom()
    const o = this.worldOffset()
    const found = this.tree!.search(o.x / k, o.y / k, (o.x + width) / k, (o.y + height) / k).sort((a, b) => this.y[a]! - this.y[b]!)
    for (const i of found) this.stamp(c, i, this.x[i]! * k - o.x, this.y[i]! * k - o.y)
  }

  private stamp(c: CanvasRenderingContext2D, i: number, x: number, y: number): void {
    const { category, kind, id } = this.features[i]!.properties
    const size = Math.round((styleZoom(this.map!.getZoom()) >= 15 ? 26 : 22) * ui())
    const s = sprite(kindOf(category, kind), glyphOf(category), size)
    const d = size * 1.25
    c.drawImage(s, Math.round(x - d / 2), Math.round(y - d / 2), d, d)
    this.targets.push({ x, y, r: Math.max(size * 0.6, 16), half: size * 0.5, hit: { place: id } })
  }

  private drawClusters(c: CanvasRenderingContext2D, width: number, height: number, zoom: number, xy: (lon: number, lat: number) => L.Point): void {
    const map = this.map!
    const b = map.getBounds().pad(0.13)
    const clusters = this.grouped!.getClusters([b.getWest(), b.getSouth(), b.getEast(), b.getNorth()], Math.floor(zoom))
    for (const cluster of clusters) {
      const [lon, lat] = cluster.geometry.coordinates as [number, number]
      const p = xy(lon, lat)
      if (p.x < -40 || p.y < -40 || p.x > width + 40 || p.y > height + 40) continue
      if ('cluster' in cluster.properties && cluster.properties.cluster) {
        const { point_count, cluster_id, kinds } = cluster.properties as unknown as { point_count: number; cluster_id: number; kinds: Counts }
        const r = (11 + Math.min(15, Math.log2(point_count) * 1.9)) * ui()
        ring(c, p.x, p.y, r, kinds, point_count)
        const extra = map.getZoom() - Math.floor(zoom)
        this.targets.push({ x: p.x, y: p.y, r: Math.max(r, 22), half: r, hit: { cluster: L.latLng(lat, lon), zoom: this.grouped!.getClusterExpansionZoom(cluster_id) + extra } })
      } else this.stamp(c, (cluster.properties as { index: number }).index, p.x, p.y)
    }
  }
}

/** A count in a ring whose arcs say the kinds gathered in it. */
function ring(c: CanvasRenderingContext2D, x: number, y: number, r: number, kinds: Counts, total: number): void {
  c.beginPath()
  c.arc(x, y, r, 0, 2 * Math.PI)
  c.fillStyle = 'rgba(13,20,32,0.92)'
  c.fill()
  c.lineWidth = r * 0.24
  let from = -Math.PI / 2
  for (const [kind, n] of Object.entries(kinds) as [Kind, number][]) {
    const to = from + (n / total) * 2 * Math.PI
    c.beginPath()
    c.arc(x, y, r - c.lineWidth / 2, from, to)
    c.strokeStyle = BADGES[kind].colour
    c.stroke()
    from = to
  }
  c.fillStyle = '#eef3fa'
  c.font = `600 ${Math.round(r * (total > 999 ? 0.62 : 0.76))}px ${FONT}`
  c.textAlign = 'center'
  c.textBaseline = 'middle'
  c.fillText(String(total), x, y + r * 0.04)
}
