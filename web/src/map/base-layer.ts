/** Our own base map: vector tiles painted in workers, laid out by a grid layer, names above. */
import * as L from 'leaflet'
import type { Layers } from '../types'
import type { TileAnswer, TileOrder } from './base.worker'
import { LabelLayer, type Box, type PlacedLabels } from './label-layer'
import type { Label } from './paint'
import { ratio, styleZoom, ui } from './scale'
import { STYLES, type StyleName } from './style'

interface PaintedTile extends HTMLCanvasElement { job?: number; labels?: Label[] }
interface InnerGrid {
  _tiles: Record<string, { el: PaintedTile; coords: L.Coords }>
  _tileZoom?: number
  _level?: { origin: L.Point }
  _removeTile(key: string): void
}
interface Waiting { canvas: PaintedTile; done: L.DoneCallback }

/** How many tiles are painted at once; one core is left to the page itself. */
const WORKERS = Math.max(1, Math.min(3, (navigator.hardwareConcurrency || 2) - 1))

/** Painters at work; started before the first tile is known, since starting one takes as long as a tile. */
export function startPainters(): Worker[] {
  return Array.from({ length: WORKERS }, () => new Worker(new URL('./base.worker.ts', import.meta.url), { type: 'module' }))
}

export class BaseLayer extends L.GridLayer {
  private readonly waiting = new Map<number, Waiting>()
  private readonly labels: LabelLayer
  private count = 0

  constructor(private readonly source: Layers['base'], private style: StyleName, private workers: Worker[], obstacles: () => Box[]) {
    // A tile is 512 px of a desk's picture; on a fine wall it is as much larger as everything else.
    super({ tileSize: ui() >= 1.75 ? 1024 : 512, keepBuffer: 1, updateWhenZooming: false, maxZoom: 19, className: 'om-base' })
    this.labels = new LabelLayer(() => this.placed(), obstacles, STYLES[style])
  }

  override onAdd(map: L.Map): this {
    if (!this.workers.length) this.workers = startPainters()
    for (const worker of this.workers) worker.onmessage = (event: MessageEvent<TileAnswer>): void => this.painted(event.data)
    super.onAdd(map)
    this.on('load tileload', this.labels.soon, this.labels)
    map.addLayer(this.labels)
    return this
  }

  override onRemove(map: L.Map): this {
    map.removeLayer(this.labels)
    this.off('load tileload', this.labels.soon, this.labels)
    super.onRemove(map)
    for (const worker of this.workers) worker.terminate()
    this.workers = []
    this.waiting.clear()
    return this
  }

  /** Sets the names anew when what they must keep off has changed. */
  relabel(): void {
    this.labels.soon()
  }

  restyle(style: StyleName): void {
    this.style = style
    this.labels.restyle(STYLES[style])
    this.redraw()
  }

  protected override createTile(coords: L.Coords, done: L.DoneCallback): HTMLElement {
    const canvas: PaintedTile = document.createElement('canvas')
    const size = this.getTileSize().x
    const dpr = ratio()
    canvas.width = canvas.height = Math.round(size * dpr)
    const id = ++this.count
    canvas.job = id
    this.waiting.set(id, { canvas, done })
    const z = coords.z - Math.log2(size / 256)
    // Beyond the deepest tile its quarters are drawn larger, sharp as ever.
    const shift = Math.max(0, z - this.source.maxzoom)
    const scale = 2 ** shift
    const url = L.Util.template(this.source.url, { z: z - shift, x: coords.x >> shift, y: coords.y >> shift })
    this.send(id, {
      id, url, style: this.style,
      frame: { size, ratio: dpr, scale, dx: (coords.x % scale) * size, dy: (coords.y % scale) * size, zoom: styleZoom(coords.z), ui: ui() },
    })
    return canvas
  }

  private send(id: number, order: TileOrder): void {
    this.workers[id % this.workers.length]?.postMessage(order)
  }

  private painted(answer: TileAnswer): void {
    const job = this.waiting.get(answer.id)
    this.waiting.delete(answer.id)
    if (!job) {
      if ('bitmap' in answer) answer.bitmap.close()
    } else if ('bitmap' in answer) {
      job.canvas.getContext('bitmaprenderer')?.transferFromImageBitmap(answer.bitmap)
      job.canvas.labels = answer.labels
      job.done(undefined, job.canvas)
    } else job.done(new Error(answer.error), job.canvas)
  }

  /** Leaflet's own, so that a tile that scrolls away is not painted for nothing. */
  _removeTile(key: string): void {
    const id = (this as unknown as InnerGrid)._tiles[key]?.el.job
    if (id !== undefined && this.waiting.delete(id)) this.send(id, { cancel: id })
    ;(L.GridLayer.prototype as unknown as InnerGrid)._removeTile.call(this, key)
  }

  private placed(): PlacedLabels[] {
    const inner = this as unknown as InnerGrid
    if (!inner._level) return []
    // A level moved by a zoom bears a transform alone, so its place is counted from its origin.
    const level = inner._level.origin.subtract(this._map.getPixelOrigin())
    return Object.values(inner._tiles)
      .filter((t) => t.el.labels && t.coords.z === inner._tileZoom)
      .map((t) => ({ at: L.DomUtil.getPosition(t.el).add(level), labels: t.el.labels! }))
  }
}
