/** Where the bars of the minute table stand. Shares are of the whole strip's width. */
import type { Task } from '../types'

/** `sure`: start and finish are both known; with neither the bar has no width. */
export interface Bar { task: Task; left: number; width: number; late: number; deadline: number | null; sure: boolean }
export interface Strip { end_s: number; ticks: number[]; bars: Bar[] }

/** At most `most` tasks, by start: late ones first, then the critical path, then the tightest. */
export function briefly(tasks: readonly Task[], most = 7): Task[] {
  const slack = (t: Task): number => (t.deadline_s ?? Infinity) - (t.finish_s ?? Infinity)
  const rank = (t: Task): number => ((t.late_s ?? 0) > 0 ? 0 : t.critical ? 1 : 2)
  const kept = new Set([...tasks].sort((a, b) => rank(a) - rank(b) || slack(a) - slack(b)).slice(0, most))
  return tasks.filter((t) => kept.has(t)).sort((a, b) => (a.start_s ?? Infinity) - (b.start_s ?? Infinity))
}

/** The strip reaches the limit or the last finish, rounded up to five minutes; a tick each five. */
export function strip(tasks: readonly Task[], limit_s: number): Strip {
  const last = Math.max(limit_s, ...tasks.map((t) => t.finish_s ?? t.start_s ?? 0))
  const end_s = Math.ceil(last / 300) * 300
  const step = end_s <= 3600 ? 300 : end_s <= 7200 ? 600 : 1800
  const ticks: number[] = []
  for (let s = 0; s <= end_s; s += step) ticks.push(s)
  const bars = tasks.map((task) => {
    const deadline = task.deadline_s === null ? null : Math.min(1, task.deadline_s / end_s)
    const { start_s, finish_s } = task
    // Nobody knows when it can begin: no bar, since one at T+0 would say "now".
    if (start_s === null) return { task, left: 0, width: 0, late: 0, deadline, sure: false }
    const finish = finish_s ?? end_s
    const late = Math.min(Math.max(0, task.late_s ?? 0), Math.max(0, finish - start_s))
    return { task, left: start_s / end_s, width: Math.max(0.004, (finish - start_s) / end_s), late: late / end_s, deadline, sure: finish_s !== null }
  })
  return { end_s, ticks, bars }
}
