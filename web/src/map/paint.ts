/** Draws one vector tile on a canvas and finds where its names may stand. Runs in the worker. */
import type { VectorTile, VectorTileFeature, VectorTileLayer } from '@mapbox/vector-tile'
import { isCjk, lengthOf, setAlong, type Glyph } from '../pure/labels'
import { at, roadClass, type MapStyle, type RoadClass } from './style'

export type Canvas2D = OffscreenCanvasRenderingContext2D

/** Where a tile's data lie on its canvas: CSS pixels = (unit · per − off), all times `ratio` in device pixels. */
export interface Frame { size: number; ratio: number; scale: number; dx: number; dy: number; zoom: number; ui: number }

/** A name that may be shown: at a point, or character by character along a road. */
export interface Label {
  text: string; kind: 'road' | 'place' | 'township' | 'water'; priority: number
  x: number; y: number; size: number; glyphs: Glyph[] | null
}

export const FONT = '"Noto Sans CJK SC","Noto Sans SC","Source Han Sans SC","PingFang SC","Microsoft YaHei","WenQuanYi Micro Hei",sans-serif'

export function paint(tile: VectorTile, c: Canvas2D, style: MapStyle, frame: Frame): Label[] {
  c.setTransform(frame.ratio, 0, 0, frame.ratio, 0, 0)
  c.fillStyle = style.land
  c.fillRect(0, 0, frame.size, frame.size)
  const { landuse, water, building, road, district } = tile.layers
  if (landuse) areas(landuse, c, frame, (f) => style.landuse[String(f.properties['kind'])] ?? null)
  if (water) areas(water, c, frame, () => style.water, frame.zoom >= 12 ? style.waterLine : undefined)
  if (building && frame.zoom >= 14) areas(building, c, frame, () => style.building, frame.zoom >= 15.5 ? style.buildingLine : undefined)
  if (road) roads(road, c, style, frame)
  if (district) borders(district, c, style, frame)
  return names(tile, c, frame)
}

function trace(f: VectorTileFeature, c: Canvas2D, frame: Frame, close = false): void {
  const k = (frame.size / f.extent) * frame.scale
  for (const ring of f.loadGeometry()) {
    c.moveTo(ring[0]!.x * k - frame.dx, ring[0]!.y * k - frame.dy)
    for (let i = 1; i < ring.length; i++) c.lineTo(ring[i]!.x * k - frame.dx, ring[i]!.y * k - frame.dy)
    if (close) c.closePath()
  }
}

function areas(layer: VectorTileLayer, c: Canvas2D, frame: Frame, colour: (f: VectorTileFeature) => string | null, edge?: string): void {
  const by = new Map<string, VectorTileFeature[]>()
  for (let i = 0; i < layer.length; i++) {
    const f = layer.feature(i)
    const fill = f.type === 3 ? colour(f) : null
    if (fill) by.set(fill, [...(by.get(fill) ?? []), f])
    else if (f.type === 2 && edge) waterway(f, c, frame, edge)
  }
  for (const [fill, features] of by) {
    c.beginPath()
    for (const f of features) trace(f, c, frame, true)
    c.fillStyle = fill
    c.fill('evenodd')
    if (edge) {
      c.strokeStyle = edge
      c.lineWidth = 0.7 * frame.ui
      c.stroke()
    }
  }
}

function waterway(f: VectorTileFeature, c: Canvas2D, frame: Frame, colour: string): void {
  c.beginPath()
  trace(f, c, frame)
  c.strokeStyle = colour
  c.lineWidth = at([[10, 0.6], [14, 1.6], [17, 5]], frame.zoom) * frame.ui
  c.stroke()
}

function roads(layer: VectorTileLayer, c: Canvas2D, style: MapStyle, frame: Frame): void {
  const groups = new Map<string, { look: RoadClass; level: number; features: VectorTileFeature[] }>()
  for (let i = 0; i < layer.length; i++) {
    const f = layer.feature(i)
    const name = String(f.properties['class'])
    const look = roadClass(name)
    if (!look || frame.zoom < look.from - 0.5) continue
    const level = f.properties['tunnel'] ? -1 : f.properties['bridge'] ? 1 : 0
    const key = `${level}/${name}`
    const group = groups.get(key)
    if (group) group.features.push(f)
    else groups.set(key, { look, level, features: [f] })
  }
  const ordered = [...groups.values()].sort((a, b) => a.level - b.level || a.look.order - b.look.order)
  for (const level of [-1, 0, 1]) {
    const here = ordered.filter((g) => g.level === level)
    for (const g of here) casing(g.look, g.features, level, c, style, frame)
    for (const g of here) {
      const width = at(g.look.width, frame.zoom) * frame.ui
      stroke(g.features, c, frame, style.roads[g.look.paint], width, g.look.dash?.map((d) => d * frame.ui), level < 0 ? 0.45 : 1)
    }
  }
}

function casing(look: RoadClass, features: VectorTileFeature[], level: number, c: Canvas2D, style: MapStyle, frame: Frame): void {
  const width = at(look.width, frame.zoom) * frame.ui
  if (level > 0 && frame.zoom >= 12.5) {
    // A bridge carries a bright parapet over a dark gap, so that it is told from a crossing at grade.
    stroke(features, c, frame, style.bridge, width + 3.4 * frame.ui, undefined, 1, 'butt')
    stroke(features, c, frame, style.casing, width + 1.6 * frame.ui, undefined, 1, 'butt')
  } else if (look.casing && frame.zoom >= (level < 0 ? 13 : 11) && width > 1.4 * frame.ui) {
    const dash = level < 0 ? [3 * frame.ui, 3 * frame.ui] : undefined
    stroke(features, c, frame, level < 0 ? style.bridge : style.casing, width + 2 * look.casing * frame.ui, dash, level < 0 ? 0.5 : 1)
  }
}

function stroke(features: VectorTileFeature[], c: Canvas2D, frame: Frame, colour: string, width: number, dash?: number[], alpha = 1, cap: CanvasLineCap = 'round'): void {
  c.beginPath()
  for (const f of features) trace(f, c, frame)
  c.strokeStyle = colour
  c.lineWidth = width
  c.lineCap = dash ? 'butt' : cap
  c.lineJoin = 'round'
  c.globalAlpha = alpha
  c.setLineDash(dash ?? [])
  c.stroke()
  c.setLineDash([])
  c.globalAlpha = 1
}

function borders(layer: VectorTileLayer, c: Canvas2D, style: MapStyle, frame: Frame): void {
  const features = Array.from({ length: layer.length }, (_, i) => layer.feature(i))
  const ui = frame.ui
  if (frame.zoom >= 13) stroke(features, c, frame, style.district, 5 * ui, undefined, 0.09)
  stroke(features, c, frame, style.district, (frame.zoom >= 13 ? 1.1 : 0.7) * ui, [9 * ui, 4 * ui, 2 * ui, 4 * ui], frame.zoom >= 13 ? 0.6 : 0.3)
}

function names(tile: VectorTile, c: Canvas2D, frame: Frame): Label[] {
  const found: Label[] = []
  const { road_label, place, district_label, water } = tile.layers
  if (district_label && frame.zoom >= 9 && frame.zoom < 14.5) {
    for (const [f, x, y] of points(district_label, frame))
      found.push({ text: String(f.properties['name']), kind: 'township', priority: 80, x, y, size: at([[9, 11], [11, 14], [14, 19]], frame.zoom) * frame.ui, glyphs: null })
  }
  if (place) for (const [f, x, y] of points(place, frame)) placeName(f, x, y, frame, found)
  if (road_label) roadNames(road_label, c, frame, found)
  if (water && frame.zoom >= 13) waterNames(water, frame, found)
  return found
}

/** Place kinds: from which zoom a name shows, its size and its standing among the others. */
const PLACES: Record<string, readonly [from: number, size: number, priority: number]> = {
  city: [6, 22, 100], county: [7, 20, 95], town: [9.5, 16, 90], suburb: [11, 14.5, 70], island: [10, 14, 75],
  quarter: [12.5, 13, 60], village: [13.5, 12.5, 55], neighbourhood: [14, 12, 50], hamlet: [14, 12, 45],
  mountain: [11.5, 12.5, 58], peak: [12.5, 12, 52], sea: [8, 17, 72], bay: [10, 14, 60], water: [11.5, 13, 50],
}

function placeName(f: VectorTileFeature, x: number, y: number, frame: Frame, found: Label[]): void {
  const kind = String(f.properties['kind'])
  const [from, size, priority] = PLACES[kind] ?? [14, 12, 40]
  if (!f.properties['name'] || frame.zoom < from) return
  const wet = kind === 'sea' || kind === 'bay' || kind === 'water'
  const growth = Math.min(1.3, 1 + (frame.zoom - from) * 0.03)
  const rank = Number(f.properties['rank'] ?? 0)
  found.push({ text: String(f.properties['name']), kind: wet ? 'water' : 'place', priority: priority - rank / 10, x, y, size: size * growth * frame.ui, glyphs: null })
}

function* points(layer: VectorTileLayer, frame: Frame): Generator<[VectorTileFeature, number, number]> {
  for (let i = 0; i < layer.length; i++) {
    const f = layer.feature(i)
    const p = f.loadGeometry()[0]?.[0]
    if (!p) continue
    const k = (frame.size / f.extent) * frame.scale
    const x = p.x * k - frame.dx
    const y = p.y * k - frame.dy
    if (inside(x, y, frame)) yield [f, x, y]
  }
}

const inside = (x: number, y: number, frame: Frame): boolean => x >= 0 && y >= 0 && x < frame.size && y < frame.size

function roadNames(layer: VectorTileLayer, c: Canvas2D, frame: Frame, found: Label[]): void {
  for (let i = 0; i < layer.length; i++) {
    const f = layer.feature(i)
    const text = String(f.properties['name'] ?? '')
    const look = roadClass(String(f.properties['class']))
    if (!text || !look || f.type !== 2 || frame.zoom < Math.max(11.5, look.from + 2)) continue
    const size = (look.order >= 10 ? 13 : look.order >= 8 ? 12 : 11) * at([[12, 0.95], [16, 1.15], [18, 1.3]], frame.zoom) * frame.ui
    const cjk = isCjk(text)
    c.font = `500 ${size}px ${FONT}`
    const spread = cjk ? 1.12 : 1.02
    const advances = [...text].map((ch) => c.measureText(ch).width * spread)
    const k = (frame.size / f.extent) * frame.scale
    for (const ring of f.loadGeometry()) {
      const line = ring.flatMap((p) => [p.x * k - frame.dx, p.y * k - frame.dy])
      placeAlong(line, text, advances, cjk, size, look.order, frame, found)
    }
  }
}

/** Tries a name every few hundred pixels of a road, nudging it until a straight enough stretch is found. */
function placeAlong(line: number[], text: string, advances: number[], cjk: boolean, size: number, order: number, frame: Frame, found: Label[]): void {
  const need = advances.reduce((a, b) => a + b, 0)
  const total = lengthOf(line)
  if (total < need * 1.15) return
  const every = Math.max(260 * frame.ui, need * 3)
  const tries = Math.max(1, Math.floor(total / every))
  for (let i = 0; i < tries; i++) {
    const middle = ((i + 0.5) / tries) * total
    for (const nudge of [0, 0.12, -0.12, 0.25, -0.25]) {
      const glyphs = setAlong(line, middle + (nudge * total) / tries, advances, cjk, 0.45)
      const mid = glyphs?.[glyphs.length >> 1]
      if (!glyphs || !mid) continue
      if (inside(mid.x, mid.y, frame)) found.push({ text, kind: 'road', priority: order, x: mid.x, y: mid.y, size, glyphs })
      break
    }
  }
}

function waterNames(layer: VectorTileLayer, frame: Frame, found: Label[]): void {
  for (let i = 0; i < layer.length; i++) {
    const f = layer.feature(i)
    const text = f.properties['name']
    if (!text || f.type !== 3) continue
    const box = f.bbox?.() as number[] | undefined
    if (!box) continue
    const k = (frame.size / f.extent) * frame.scale
    const [w, n, e, s] = [box[0]! * k - frame.dx, box[1]! * k - frame.dy, box[2]! * k - frame.dx, box[3]! * k - frame.dy]
    const x = (Math.max(0, w) + Math.min(frame.size, e)) / 2
    const y = (Math.max(0, n) + Math.min(frame.size, s)) / 2
    if (e - w > 90 * frame.ui && inside(x, y, frame)) found.push({ text: String(text), kind: 'water', priority: 30, x, y, size: 13 * frame.ui, glyphs: null })
  }
}
