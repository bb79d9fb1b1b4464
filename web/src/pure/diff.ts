/** What a commander must know of a new plan against the one before. */
import type { Assigned, FeasibleState, Plan, Why } from '../types'

export type Change =
  | { kind: 'feasible'; from: FeasibleState; to: FeasibleState }
  | { kind: 'post_moved'; from: string | null; to: string | null }
  | { kind: 'post_ready'; by_s: number }
  | { kind: 'cut_off'; name: string; why: Why }
  | { kind: 'dropped' | 'added'; name: string; capability_zh: string; capability_en?: string; eta_s: number | null }
  | { kind: 'slower' | 'faster'; name: string; by_s: number }
  | { kind: 'shelters' | 'hospitals'; added: string[]; dropped: string[] }

/** Changes in the order they matter; times that moved by less than `least_s` are left out. */
export function changes(before: Plan, after: Plan, least_s = 30): Change[] {
  const found: Change[] = []
  if (before.feasible.state !== after.feasible.state)
    found.push({ kind: 'feasible', from: before.feasible.state, to: after.feasible.state })
  const was = before.forward_command_post.primary
  const is = after.forward_command_post.primary
  if (was?.id !== is?.id) found.push({ kind: 'post_moved', from: was?.name ?? null, to: is?.name ?? null })
  else if (was?.ready_s != null && is?.ready_s != null && Math.abs(is.ready_s - was.ready_s) >= least_s)
    found.push({ kind: 'post_ready', by_s: is.ready_s - was.ready_s })
  found.push(...forceChanges(before, after, least_s))
  found.push(...listChange('hospitals', before.medical.hospitals, after.medical.hospitals))
  found.push(...listChange('shelters', before.evacuation.shelters, after.evacuation.shelters))
  return found
}

function forceChanges(before: Plan, after: Plan, least_s: number): Change[] {
  const old = sent(before)
  const now = sent(after)
  const why = new Map(after.forces.flatMap((f) => f.unreachable.map((u) => [u.resource_id, u.why] as const)))
  const cut: Change[] = []
  const dropped: Change[] = []
  const added: Change[] = []
  const moved: Change[] = []
  for (const [id, { team, ...role }] of old) {
    const then = now.get(id)
    if (!then) {
      const reason = why.get(id)
      if (reason) cut.push({ kind: 'cut_off', name: team.name, why: reason })
      else dropped.push({ kind: 'dropped', name: team.name, ...role, eta_s: team.eta_s })
    } else if (team.eta_s !== null && then.team.eta_s !== null) {
      const by_s = then.team.eta_s - team.eta_s
      if (Math.abs(by_s) >= least_s) moved.push({ kind: by_s > 0 ? 'slower' : 'faster', name: team.name, by_s })
    }
  }
  for (const [id, { team, ...role }] of now)
    if (!old.has(id)) added.push({ kind: 'added', name: team.name, ...role, eta_s: team.eta_s })
  moved.sort((a, b) => ('by_s' in b ? b.by_s : 0) - ('by_s' in a ? a.by_s : 0))
  return [...cut, ...dropped, ...added, ...moved]
}

interface Sent { team: Assigned; capability_zh: string; capability_en?: string }

function sent(plan: Plan): Map<string, Sent> {
  const all = new Map<string, Sent>()
  for (const { capability_zh, capability_en, assigned } of plan.forces)
    for (const team of assigned) all.set(team.resource_id, { team, capability_zh, ...(capability_en === undefined ? {} : { capability_en }) })
  return all
}

function listChange(kind: 'shelters' | 'hospitals', before: { id: string; name: string }[], after: { id: string; name: string }[]): Change[] {
  const old = new Set(before.map((p) => p.id))
  const now = new Set(after.map((p) => p.id))
  const added = after.filter((p) => !old.has(p.id)).map((p) => p.name)
  const dropped = before.filter((p) => !now.has(p.id)).map((p) => p.name)
  return added.length || dropped.length ? [{ kind, added, dropped }] : []
}
