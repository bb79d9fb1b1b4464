/** How large the page draws: one step for a desk, two for a 4K wall seen at one pixel per pixel. */

/** From this width on it is a wall, read from four metres: everything a ninth larger. `page.css` says the same. */
const WALL = 2560

/** UI scale of a viewport; 1 at 1920 × 1080. */
export function uiScale(width: number, height: number): number {
  const wall = width >= WALL ? 10 / 9 : 1
  return Math.max(0.875, Math.min(3, wall * Math.min(width / 1920, height / 1080)))
}

export const ui = (): number => Math.max(0.9, uiScale(window.innerWidth, window.innerHeight))

/** Device pixels per CSS pixel, capped: beyond two nobody sees the difference on a map. */
export const ratio = (): number => Math.min(2, window.devicePixelRatio || 1)

/** The zoom whose picture belongs at this scale: a wall twice as fine shows the same map one zoom closer. */
export const styleZoom = (zoom: number): number => zoom - Math.log2(Math.max(1, ui()))
