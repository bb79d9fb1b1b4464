/** Wind as it is reported: where it comes from, in degrees from north. */
import type { Say, WordKey } from '../words'

export interface Wind { wind_from_deg?: number | null; wind_mps?: number | null }

/** The nearest of the eight winds: 0, 45 … 315. */
export const compass = (deg: number): number => ((Math.round(deg / 45) % 8) + 8) % 8 * 45

/** "东南风 2.4 m/s"; what nobody reported is said to be unknown. */
export function windWords({ wind_from_deg: from, wind_mps: speed }: Wind, say: Say): string {
  if (speed === 0) return say('wind.calm')
  const at = speed === null || speed === undefined ? say('wind.speed_unknown') : `${speed} m/s`
  if (from === null || from === undefined) return speed === null || speed === undefined ? say('wind.unknown') : `${say('wind.unknown')} · ${at}`
  return say('wind.said', { from: say(`wind.${compass(from)}` as WordKey), speed: at })
}

/** Which way the air goes on a map whose y grows downwards; null: not known, or calm. */
export function downwind({ wind_from_deg: from, wind_mps: speed }: Wind): { x: number; y: number } | null {
  if (from === null || from === undefined || speed === 0) return null
  const a = ((from + 180) * Math.PI) / 180
  return { x: Math.sin(a), y: -Math.cos(a) }
}
