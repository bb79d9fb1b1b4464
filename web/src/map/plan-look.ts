/** How a plan looks on the map: colours, dashes and drawing helpers. */
import { FONT } from './paint'
import type { ControlPoint, RouteKind } from '../types'

export interface RouteLook { colour: string; width: number; dash: readonly number[] }

export const ROUTES: Record<RouteKind, RouteLook> = {
  supply: { colour: '#b493ff', width: 3, dash: [2, 6] },
  evacuation: { colour: '#41d39a', width: 3.4, dash: [10, 6] },
  medical: { colour: '#ff8296', width: 3.4, dash: [14, 4, 3, 4] },
  force: { colour: '#55aaff', width: 4, dash: [] },
  post: { colour: '#ffd45e', width: 4.6, dash: [] },
}

export const ZONES: readonly string[] = ['#ff4d4d', '#ff9a3d', '#ffd75e', '#8fd0ff']

export function halo(c: CanvasRenderingContext2D, text: string, x: number, y: number, colour: string, size: number, weight = 600): void {
  c.font = `${weight} ${size}px ${FONT}`
  c.lineJoin = 'round'
  c.strokeStyle = 'rgba(8,13,22,0.92)'
  c.lineWidth = size * 0.32
  c.strokeText(text, x, y)
  c.fillStyle = colour
  c.fillText(text, x, y)
}

/** A name on a dark plate beside a symbol; returns the plate's box. */
export function plate(c: CanvasRenderingContext2D, text: string, x: number, y: number, colour: string, size: number): [number, number, number, number] {
  c.font = `600 ${size}px ${FONT}`
  const w = c.measureText(text).width + size
  const h = size * 1.6
  c.beginPath()
  c.roundRect(x, y - h / 2, w, h, size * 0.35)
  c.fillStyle = 'rgba(10,16,27,0.9)'
  c.fill()
  c.strokeStyle = colour
  c.lineWidth = size * 0.09
  c.stroke()
  c.fillStyle = '#f2f6fc'
  c.textAlign = 'left'
  c.textBaseline = 'middle'
  c.fillText(text, x + size / 2, y + size * 0.04)
  return [x, y - h / 2, x + w, y + h / 2]
}

export function arrow(c: CanvasRenderingContext2D, x: number, y: number, angle: number, size: number, colour: string): void {
  c.save()
  c.translate(x, y)
  c.rotate(angle)
  c.beginPath()
  c.moveTo(size, 0)
  c.lineTo(-size * 0.7, size * 0.75)
  c.lineTo(-size * 0.25, 0)
  c.lineTo(-size * 0.7, -size * 0.75)
  c.closePath()
  c.fillStyle = '#fff'
  c.strokeStyle = colour
  c.lineWidth = size * 0.3
  c.stroke()
  c.fill()
  c.restore()
}

/** Cordon points: a barred disc closes, an arrowhead in or out says who may pass. */
export function control(c: CanvasRenderingContext2D, x: number, y: number, action: ControlPoint['action'], r: number): void {
  c.save()
  c.translate(x, y)
  c.beginPath()
  if (action === 'close') c.arc(0, 0, r, 0, 2 * Math.PI)
  else c.roundRect(-r, -r, 2 * r, 2 * r, r * 0.4)
  c.fillStyle = action === 'close' ? '#d92f3a' : action === 'inbound' ? '#2f7fe6' : '#1c9d68'
  c.fill()
  c.strokeStyle = '#fff'
  c.lineWidth = r * 0.18
  c.stroke()
  c.fillStyle = '#fff'
  c.beginPath()
  if (action === 'close') c.rect(-r * 0.6, -r * 0.2, r * 1.2, r * 0.4)
  else {
    const s = action === 'inbound' ? 1 : -1
    c.moveTo(0, s * r * 0.65)
    c.lineTo(r * 0.55, -s * r * 0.05)
    c.lineTo(r * 0.2, -s * r * 0.05)
    c.lineTo(r * 0.2, -s * r * 0.6)
    c.lineTo(-r * 0.2, -s * r * 0.6)
    c.lineTo(-r * 0.2, -s * r * 0.05)
    c.lineTo(-r * 0.55, -s * r * 0.05)
    c.closePath()
  }
  c.fill()
  c.restore()
}

/** The wind's own colour: no route and no zone bears it. */
export const WIND = '#7fe3ff'

/** A broad arrow from where the wind comes to where it blows. */
export function windArrow(c: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number, scale: number): void {
  const length = Math.hypot(x1 - x0, y1 - y0)
  const [half, head] = [4 * scale, 20 * scale]
  c.save()
  c.translate(x0, y0)
  c.rotate(Math.atan2(y1 - y0, x1 - x0))
  c.beginPath()
  c.moveTo(0, -half)
  c.lineTo(length - head, -half)
  c.lineTo(length - head, -half * 2.8)
  c.lineTo(length, 0)
  c.lineTo(length - head, half * 2.8)
  c.lineTo(length - head, half)
  c.lineTo(0, half)
  c.lineTo(half * 1.4, 0)
  c.closePath()
  c.lineJoin = 'round'
  c.strokeStyle = 'rgba(6,10,18,0.9)'
  c.lineWidth = 4 * scale
  c.stroke()
  c.fillStyle = WIND
  c.fill()
  c.restore()
}

/** The incident itself: a mark nobody overlooks. */
export function incidentMark(c: CanvasRenderingContext2D, x: number, y: number, r: number): void {
  for (const [radius, alpha] of [[2.3, 0.16], [1.6, 0.28]] as const) {
    c.beginPath()
    c.arc(x, y, r * radius, 0, 2 * Math.PI)
    c.fillStyle = `rgba(255,64,64,${alpha})`
    c.fill()
  }
  c.beginPath()
  c.arc(x, y, r, 0, 2 * Math.PI)
  c.fillStyle = '#f4323a'
  c.fill()
  c.lineWidth = r * 0.2
  c.strokeStyle = '#fff'
  c.stroke()
  c.fillStyle = '#fff'
  c.beginPath()
  c.roundRect(-r * 0.13 + x, y - r * 0.55, r * 0.26, r * 0.68, r * 0.1)
  c.fill()
  c.beginPath()
  c.arc(x, y + r * 0.42, r * 0.17, 0, 2 * Math.PI)
  c.fill()
}
