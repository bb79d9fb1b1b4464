/** Symbols drawn once each and stamped many times. */
import { BADGES, GLYPHS, type Glyph, type Kind } from '../symbols'
import { ratio } from './scale'

const sprites = new Map<string, HTMLCanvasElement>()

/** A badge of `size` CSS pixels, cached by what it shows; drawn in device pixels. */
export function sprite(kind: Kind, glyph: Glyph, size: number): HTMLCanvasElement {
  const key = `${kind}/${glyph}/${size}/${ratio()}`
  const kept = sprites.get(key)
  if (kept) return kept
  const canvas = document.createElement('canvas')
  const pixels = Math.ceil(size * 1.25 * ratio())
  canvas.width = canvas.height = pixels
  const c = canvas.getContext('2d')!
  c.translate(pixels / 2, pixels / 2)
  c.scale((size / 24) * ratio(), (size / 24) * ratio())
  drawBadge(c, kind, glyph)
  sprites.set(key, canvas)
  return canvas
}

/** Draws a badge about the origin in a 24-unit box. */
export function drawBadge(c: CanvasRenderingContext2D, kind: Kind, glyph: Glyph): void {
  const badge = BADGES[kind]
  c.save()
  c.translate(-12, -12)
  const shape = new Path2D(badge.shape)
  c.lineJoin = 'round'
  c.strokeStyle = 'rgba(6,10,18,0.75)'
  c.lineWidth = 3.4
  c.stroke(shape)
  c.fillStyle = badge.colour
  c.fill(shape)
  c.strokeStyle = 'rgba(255,255,255,0.92)'
  c.lineWidth = 1.3
  c.stroke(shape)
  c.translate(12, 12 + badge.glyphDy)
  c.scale(badge.glyphScale, badge.glyphScale)
  c.translate(-8, -8)
  c.fillStyle = badge.ink
  c.fill(new Path2D(GLYPHS[glyph]), 'evenodd')
  c.restore()
}

