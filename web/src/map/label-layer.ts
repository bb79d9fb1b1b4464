/** The names of the base map: one canvas, so that names of different tiles keep off each other. */
import type * as L from 'leaflet'
import { Taken } from '../pure/labels'
import { CanvasLayer } from './canvas-layer'
import { FONT, type Label } from './paint'
import { ui } from './scale'
import type { MapStyle } from './style'

export interface PlacedLabels { at: L.Point; labels: Label[] }
export type Box = [x0: number, y0: number, x1: number, y1: number]
interface Candidate { label: Label; x: number; y: number }

export class LabelLayer extends CanvasLayer {
  private timer = 0

  constructor(private readonly source: () => PlacedLabels[], private readonly obstacles: () => Box[], private style: MapStyle) {
    super('names')
  }

  override onRemove(map: L.Map): this {
    clearTimeout(this.timer)
    this.timer = 0
    return super.onRemove(map)
  }

  /** Draws when the tiles have come to rest. */
  soon(): void {
    if (this.timer) return
    this.timer = window.setTimeout(() => {
      this.timer = 0
      this.redraw()
    }, 60)
  }

  restyle(style: MapStyle): void {
    this.style = style
  }

  protected draw(c: CanvasRenderingContext2D, width: number, height: number): void {
    const corner = this.worldOffset().subtract(this.map!.getPixelOrigin())
    const all: Candidate[] = []
    for (const { at, labels } of this.source())
      for (const label of labels) {
        const x = label.x + at.x - corner.x
        const y = label.y + at.y - corner.y
        if (x >= 0 && y >= 0 && x <= width && y <= height) all.push({ label, x, y })
      }
    // Ties break by text and place, so that the same view always shows the same names.
    all.sort((a, b) => b.label.priority - a.label.priority || (a.label.text < b.label.text ? -1 : a.label.text > b.label.text ? 1 : a.x - b.x || a.y - b.y))
    const taken = new Taken(96)
    for (const box of this.obstacles()) taken.mark(...box)
    const shown = new Map<string, Candidate[]>()
    c.textAlign = 'center'
    c.textBaseline = 'middle'
    c.lineJoin = 'round'
    for (const candidate of all) {
      const free = choices(candidate).find((choice) => this.fits(choice, shown, taken))
      if (free) this.write(c, free)
    }
  }

  private fits({ label, x, y }: Candidate, shown: Map<string, Candidate[]>, taken: Taken): boolean {
    const same = shown.get(label.text) ?? []
    const apart = (label.kind === 'road' ? 380 : 240) * ui()
    if (same.some((s) => Math.hypot(s.x - x, s.y - y) < apart)) return false
    const boxes = boxesOf(label, x, y)
    if (!boxes.every(([x0, y0, x1, y1]) => taken.free(x0, y0, x1, y1))) return false
    for (const [x0, y0, x1, y1] of boxes) taken.mark(x0, y0, x1, y1)
    shown.set(label.text, [...same, { label, x, y }])
    return true
  }

  private write(c: CanvasRenderingContext2D, { label, x, y }: Candidate): void {
    const bold = label.kind === 'place' || label.kind === 'township'
    c.font = `${bold ? 600 : 500} ${label.size}px ${FONT}`
    c.strokeStyle = this.style.text.halo
    c.fillStyle = this.style.text[label.kind]
    c.lineWidth = Math.max(2.5, label.size * 0.24)
    c.globalAlpha = label.kind === 'township' ? 0.92 : 1
    c.letterSpacing = label.kind === 'township' ? `${label.size * 0.22}px` : label.kind === 'water' ? `${label.size * 0.12}px` : '0px'
    if (!label.glyphs) {
      c.strokeText(label.text, x, y)
      c.fillText(label.text, x, y)
    } else {
      const characters = [...label.text]
      for (const paint of ['strokeText', 'fillText'] as const)
        label.glyphs.forEach((g, i) => {
          c.save()
          c.translate(x + g.x - label.x, y + g.y - label.y)
          c.rotate(g.angle)
          c[paint](characters[i]!, 0, 0)
          c.restore()
        })
    }
    c.globalAlpha = 1
  }
}

/** A name at a point may step below or above what stands on it; one along a road may not. */
function choices(candidate: Candidate): Candidate[] {
  if (candidate.label.glyphs) return [candidate]
  const { label, x, y } = candidate
  return [0, 1.35, -1.35, 2, -2].map((step) => ({ label, x, y: y + step * label.size }))
}

/** The boxes a name covers, with a little air around it. */
function boxesOf(label: Label, x: number, y: number): [number, number, number, number][] {
  const half = label.size * 0.62
  if (label.glyphs) return label.glyphs.map((g) => [x + g.x - label.x - half, y + g.y - label.y - half, x + g.x - label.x + half, y + g.y - label.y + half])
  let units = 0
  for (const ch of label.text) units += ch.charCodeAt(0) > 0x2e80 ? 1 : 0.56
  const spread = label.kind === 'township' ? 1.22 : 1.04
  const w = (units * label.size * spread) / 2 + label.size * 0.4
  return [[x - w, y - half * 1.2, x + w, y + half * 1.2]]
}
