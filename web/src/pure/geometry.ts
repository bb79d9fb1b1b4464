/** Small geometry on plain numbers; no DOM, no Leaflet. */
import type { Geometry, LonLat } from '../types'

const EARTH_M = 6371008.8
const RAD = Math.PI / 180

export function metresBetween(a: LonLat, b: LonLat): number {
  const dlat = (b[1] - a[1]) * RAD
  const dlon = (b[0] - a[0]) * RAD
  const h = Math.sin(dlat / 2) ** 2 + Math.cos(a[1] * RAD) * Math.cos(b[1] * RAD) * Math.sin(dlon / 2) ** 2
  return 2 * EARTH_M * Math.asin(Math.sqrt(h))
}

/** A closed ring of `corners` points around a place, as GeoJSON. */
export function disc(at: LonLat, radius_m: number, corners = 12): Geometry {
  const ring: LonLat[] = []
  for (let i = 0; i <= corners; i++) {
    const a = ((i % corners) / corners) * 2 * Math.PI
    ring.push([
      at[0] + ((radius_m / EARTH_M) * Math.cos(a)) / RAD / Math.cos(at[1] * RAD),
      at[1] + ((radius_m / EARTH_M) * Math.sin(a)) / RAD,
    ])
  }
  return { type: 'Polygon', coordinates: [ring] }
}

/** A polygon from tapped corners, closed; null with fewer than three. */
export function polygon(corners: readonly LonLat[]): Geometry | null {
  if (corners.length < 3) return null
  return { type: 'Polygon', coordinates: [[...corners, corners[0]!]] }
}

/** Every ring or line of a geometry as a flat list; points give none. */
export function lines(geometry: Geometry | null): LonLat[][] {
  if (!geometry) return []
  const c = geometry.coordinates
  switch (geometry.type) {
    case 'LineString': return [c as LonLat[]]
    case 'MultiLineString':
    case 'Polygon': return c as LonLat[][]
    case 'MultiPolygon': return (c as LonLat[][][]).flat()
    case 'GeometryCollection': return []
    default: return []
  }
}

/** west, south, east, north of some points; null of none. */
export function boundsOf(points: Iterable<LonLat>): [number, number, number, number] | null {
  let box: [number, number, number, number] | null = null
  for (const [x, y] of points) {
    if (!box) box = [x, y, x, y]
    else box = [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)]
  }
  return box
}

export interface Spot { x: number; y: number; angle: number }

/** Spots each `step` along a screen line, the first half a step in: where arrows go. `xy` is flat. */
export function along(xy: readonly number[], step: number): Spot[] {
  const spots: Spot[] = []
  let next = step / 2
  let walked = 0
  for (let i = 2; i < xy.length; i += 2) {
    const dx = xy[i]! - xy[i - 2]!
    const dy = xy[i + 1]! - xy[i - 1]!
    const length = Math.hypot(dx, dy)
    while (length > 0 && next <= walked + length) {
      const t = (next - walked) / length
      spots.push({ x: xy[i - 2]! + dx * t, y: xy[i - 1]! + dy * t, angle: Math.atan2(dy, dx) })
      next += step
    }
    walked += length
  }
  return spots
}

/** Squared distance from a point to a screen line; Infinity for an empty one. */
export function distanceToLine2(x: number, y: number, xy: readonly number[]): number {
  let best = Infinity
  for (let i = 2; i < xy.length; i += 2) {
    const ax = xy[i - 2]!, ay = xy[i - 1]!
    const dx = xy[i]! - ax, dy = xy[i + 1]! - ay
    const l2 = dx * dx + dy * dy
    const t = l2 ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / l2)) : 0
    best = Math.min(best, (x - ax - t * dx) ** 2 + (y - ay - t * dy) ** 2)
  }
  return best
}
