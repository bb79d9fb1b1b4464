/** Setting names along roads, and keeping names off each other. Works on screen pixels. */

export interface Glyph { x: number; y: number; angle: number }

const CJK = /[⺀-鿿豈-﫿＀-￯]/

/** Whether a name is set in Chinese characters, which stay upright on steep roads. */
export const isCjk = (text: string): boolean => CJK.test(text)

/**
 * Where each character of a name goes on a line (flat x,y), its middle at `middle` along it.
 * `advances`: width of each character. null: the line is too short or too bent for the name.
 * Chinese runs left to right on flat roads and top to bottom on steep ones, its characters never
 * leaning more than 45°; other scripts follow the road and are turned so that they do not hang.
 */
export function setAlong(line: readonly number[], middle: number, advances: readonly number[], cjk: boolean, maxTurn = 0.6): Glyph[] | null {
  const width = advances.reduce((a, b) => a + b, 0)
  const from = pointAt(line, middle - width / 2)
  const to = pointAt(line, middle + width / 2)
  if (!from || !to) return null
  const lean = Math.atan2(to.y - from.y, to.x - from.x)
  const steep = cjk && Math.abs(Math.sin(lean)) > Math.SQRT1_2
  const backwards = steep ? to.y < from.y : to.x < from.x
  const glyphs: Glyph[] = []
  let walked = middle - width / 2
  let before: number | null = null
  const order = backwards ? [...advances].reverse() : advances
  for (const advance of order) {
    const p = pointAt(line, walked + advance / 2)
    if (!p) return null
    if (before !== null && Math.abs(turn(p.angle - before)) > maxTurn) return null
    before = p.angle
    let angle = backwards ? p.angle + Math.PI : p.angle
    if (steep) angle -= Math.PI / 2
    glyphs.push({ x: p.x, y: p.y, angle: turn(angle) })
    walked += advance
  }
  return backwards ? glyphs.reverse() : glyphs
}

/** Length of a flat x,y line. */
export function lengthOf(line: readonly number[]): number {
  let sum = 0
  for (let i = 2; i < line.length; i += 2) sum += Math.hypot(line[i]! - line[i - 2]!, line[i + 1]! - line[i - 1]!)
  return sum
}

function pointAt(line: readonly number[], at: number): Glyph | null {
  if (at < 0) return null
  let walked = 0
  for (let i = 2; i < line.length; i += 2) {
    const dx = line[i]! - line[i - 2]!
    const dy = line[i + 1]! - line[i - 1]!
    const length = Math.hypot(dx, dy)
    if (length > 0 && at <= walked + length) {
      const t = (at - walked) / length
      return { x: line[i - 2]! + dx * t, y: line[i - 1]! + dy * t, angle: Math.atan2(dy, dx) }
    }
    walked += length
  }
  return null
}

/** An angle brought into (-π, π]. */
const turn = (a: number): number => Math.atan2(Math.sin(a), Math.cos(a))

/** Boxes already taken on the screen, in a coarse grid. */
export class Taken {
  private readonly cells = new Map<number, number[][]>()
  constructor(private readonly cell = 64) {}

  /** Takes a box if it is free. */
  take(x0: number, y0: number, x1: number, y1: number): boolean {
    if (!this.free(x0, y0, x1, y1)) return false
    this.mark(x0, y0, x1, y1)
    return true
  }

  free(x0: number, y0: number, x1: number, y1: number): boolean {
    for (const key of this.keys(x0, y0, x1, y1))
      for (const b of this.cells.get(key) ?? []) if (b[0]! < x1 && b[2]! > x0 && b[1]! < y1 && b[3]! > y0) return false
    return true
  }

  mark(x0: number, y0: number, x1: number, y1: number): void {
    for (const key of this.keys(x0, y0, x1, y1)) {
      const cell = this.cells.get(key)
      if (cell) cell.push([x0, y0, x1, y1])
      else this.cells.set(key, [[x0, y0, x1, y1]])
    }
  }

  private *keys(x0: number, y0: number, x1: number, y1: number): Generator<number> {
    for (let i = Math.floor(x0 / this.cell); i <= Math.floor(x1 / this.cell); i++)
      for (let j = Math.floor(y0 / this.cell); j <= Math.floor(y1 / this.cell); j++) yield i * 65536 + j
  }
}
