/** What a recommendation rests on, and how old that is. */
import type { Plan } from '../types'

export interface Basis { kind: string; updated_at: string | null }

/** Each kind of data with the time of its oldest source; null where one source does not say. */
export function basis(sources: Plan['sources'], kinds: readonly string[]): Basis[] {
  return kinds.flatMap((kind) => {
    const times = sources.filter((s) => s.kind === kind).map((s) => s.updated_at)
    if (!times.length) return []
    const known = times.filter((t): t is string => t !== null).sort((a, b) => Date.parse(a) - Date.parse(b))
    return [{ kind, updated_at: known.length === times.length ? known[0]! : null }]
  })
}
