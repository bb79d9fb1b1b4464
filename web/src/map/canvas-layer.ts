import * as L from 'leaflet'
import { ratio } from './scale'

interface InnerMap extends L.Map {
  _animatingZoom?: boolean
  _latLngBoundsToNewLayerBounds(bounds: L.LatLngBounds, zoom: number, centre: L.LatLng): L.Bounds
}

/** One canvas over the map, a little larger than it, redrawn at rest and moved while zooming. */
export abstract class CanvasLayer extends L.Layer {
  protected map: L.Map | null = null
  private canvas: HTMLCanvasElement | null = null
  private bounds: L.LatLngBounds | null = null
  private drawnZoom = 0
  private frame = 0

  constructor(private readonly paneName: string) {
    super()
  }

  override onAdd(map: L.Map): this {
    this.map = map
    this.canvas = L.DomUtil.create('canvas', 'om-canvas leaflet-zoom-animated', map.getPane(this.paneName))
    map.on('moveend zoomend resize', this.redraw, this)
    map.on('zoomanim', this.follow, this)
    this.redraw()
    return this
  }

  override onRemove(map: L.Map): this {
    map.off('moveend zoomend resize', this.redraw, this)
    map.off('zoomanim', this.follow, this)
    cancelAnimationFrame(this.frame)
    this.frame = 0
    this.canvas?.remove()
    this.canvas = null
    this.map = null
    return this
  }

  /** Asks for a drawing at the next frame; many asks make one drawing. */
  redraw(): void {
    if (this.frame || !this.map) return
    this.frame = requestAnimationFrame(() => {
      this.frame = 0
      this.drawNow()
    })
  }

  /** `xy` turns a place into pixels of the canvas. */
  protected abstract draw(c: CanvasRenderingContext2D, width: number, height: number, xy: (lon: number, lat: number) => L.Point): void

  protected worldOffset(): L.Point {
    const map = this.map!
    return map.getPixelOrigin().add(this.corner(map))
  }

  private corner(map: L.Map): L.Point {
    const size = map.getSize()
    return map.containerPointToLayerPoint([-this.margin(size.x), -this.margin(size.y)])
  }

  private margin(length: number): number {
    return Math.round(length * 0.12)
  }

  private drawNow(): void {
    const map = this.map
    const canvas = this.canvas
    // In the middle of a zoom two scales are about; its end asks for a drawing.
    if (!map || !canvas || (map as InnerMap)._animatingZoom) return
    const size = map.getSize()
    const width = size.x + 2 * this.margin(size.x)
    const height = size.y + 2 * this.margin(size.y)
    const dpr = ratio()
    if (canvas.width !== Math.round(width * dpr) || canvas.height !== Math.round(height * dpr)) {
      canvas.width = Math.round(width * dpr)
      canvas.height = Math.round(height * dpr)
      canvas.style.width = `${width}px`
      canvas.style.height = `${height}px`
    }
    const corner = this.corner(map)
    this.drawnZoom = map.getZoom()
    this.bounds = L.latLngBounds(map.layerPointToLatLng(corner), map.layerPointToLatLng(corner.add([width, height])))
    L.DomUtil.setTransform(canvas, corner, 1)
    const c = canvas.getContext('2d')!
    c.setTransform(dpr, 0, 0, dpr, 0, 0)
    c.clearRect(0, 0, width, height)
    this.draw(c, width, height, (lon, lat) => map.latLngToLayerPoint([lat, lon]).subtract(corner))
  }

  private follow(event: L.LeafletEvent): void {
    const { zoom, center } = event as L.ZoomAnimEvent
    if (!this.canvas || !this.bounds || !this.map) return
    const to = (this.map as InnerMap)._latLngBoundsToNewLayerBounds(this.bounds, zoom, center).min
    if (to) L.DomUtil.setTransform(this.canvas, to, this.map.getZoomScale(zoom, this.drawnZoom))
  }
}
