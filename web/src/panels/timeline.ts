/** The minute table as a strip: T+0 to T+30, the critical path, what is late, and now. */
import { LitElement, css, html, nothing, type TemplateResult } from 'lit'
import { minSec } from '../pure/format'
import { briefly, strip, type Bar } from '../pure/gantt'
import { store, Watch } from '../store'
import { both } from '../words'
import { icon, placed, shared } from './parts'

const share = (part: number): string => `${(part * 100).toFixed(2)}%`

export class Timeline extends LitElement {
  static override styles = [shared, css`
    :host { display: block; }
    .grid { display: grid; grid-template-columns: minmax(7.5rem, 30%) 1fr; }
    .name { padding: 0 0.7rem 0 0; font-size: 0.9rem; height: 1.72rem; line-height: 1.72rem; }
    .name .icon { color: var(--warn); width: 0.75em; height: 0.75em; margin-right: 0.3em; }
    .lane { position: relative; height: 1.72rem; border-left: 1px solid var(--line); }
    .bar { position: absolute; top: 0.32rem; height: 1.08rem; border-radius: 0.25rem; background: color-mix(in srgb, var(--accent) 52%, var(--raised)); min-width: 0.3rem; }
    .bar.critical { background: var(--accent); }
    .late { position: absolute; top: 0.32rem; height: 1.08rem; border-radius: 0 0.25rem 0.25rem 0; background: repeating-linear-gradient(135deg, var(--bad) 0 0.35rem, color-mix(in srgb, var(--bad) 45%, var(--panel)) 0.35rem 0.6rem); }
    .said { position: absolute; top: 0; line-height: 1.72rem; font-size: 0.8rem; color: var(--soft); white-space: nowrap; padding: 0 0.4rem; }
    .said.before { transform: translateX(-100%); }
    .said.inside, .said.inside.bad { color: #fff; }
    .said.bad { color: var(--bad); font-weight: 700; }
    .due { position: absolute; top: 0.1rem; bottom: 0.1rem; width: 0; border-left: 0.13rem solid var(--soft); opacity: 0.75; }
    .scale { position: relative; height: 1.5rem; color: var(--soft); font-size: 0.82rem; }
    .scale span { position: absolute; transform: translateX(-50%); }
    .scale span:first-child { transform: none; } .scale span:last-child { transform: translateX(-100%); }
    :host(:not([brief])) .scale span:nth-child(even) { display: none; }
    .rules { position: absolute; inset: 0; pointer-events: none; }
    .rules i { position: absolute; top: 0; bottom: 0; border-left: 1px solid var(--line); }
    .rules i.limit { border-left: 0.13rem dashed var(--bad); }
    .rules i.now { border-left: 0.16rem solid var(--good); }
    .chart { position: relative; }
  `]

  /** The dock shows what a wall must see: the critical path, what is late, and the first arrival. */
  static override properties = { brief: { type: Boolean } }
  declare brief: boolean

  constructor() {
    super()
    this.brief = false
    new Watch(this, ['plan', 'now_ms'])
  }

  protected override render(): TemplateResult | typeof nothing {
    const { plan, now_ms } = store.state
    if (!plan) return nothing
    const limit = plan.feasible.limit_s
    const { end_s, ticks, bars } = strip(this.brief ? briefly(plan.minute_table) : plan.minute_table, limit)
    const passed = (now_ms - Date.parse(plan.incident.reported_at)) / 1000
    return html`<div class="grid">
      <div></div><div class="scale num">${ticks.map((s) => html`<span ${placed({ left: share(s / end_s) })}>${s === 0 ? 'T+0' : s / 60}</span>`)}</div>
      <div>${bars.map((b) => html`<div class="name cut" title=${b.task.owner_zh}>${b.task.critical ? icon('alert') : nothing}${this.named(b)}</div>`)}</div>
      <div class="chart">
        <div class="rules">${ticks.map((s) => html`<i ${placed({ left: share(s / end_s) })}></i>`)}
          <i class="limit" ${placed({ left: share(limit / end_s) })}></i>
          ${passed >= 0 && passed <= end_s ? html`<i class="now" ${placed({ left: share(passed / end_s) })}></i>` : nothing}</div>
        ${bars.map((b) => this.lane(b))}
      </div></div>`
  }

  private named({ task }: Bar): string {
    return both(task, 'task', store.state.lang)
  }

  private lane(b: Bar): TemplateResult {
    const { say } = store
    const { task } = b
    const end = b.left + b.width
    const late = b.late > 0
    const said = late ? `${minSec(task.finish_s)} · ${say('plan.late', { n: `${Math.ceil((task.late_s ?? 0) / 60)} ${say('plan.minutes')}` })}` : (minSec(task.finish_s) ?? say('value.unknown'))
    const where = end <= 0.78 ? 'after' : b.left > 0.3 ? 'before' : 'inside'
    return html`<div class="lane" title="${this.named(b)} · ${task.owner_zh}">
      <div class="bar ${task.critical ? 'critical' : ''}" ${placed({ left: share(b.left), width: share(b.width - b.late) })}></div>
      ${late ? html`<div class="late" ${placed({ left: share(end - b.late), width: share(b.late) })}></div>` : nothing}
      ${b.deadline === null ? nothing : html`<div class="due" ${placed({ left: share(b.deadline) })}></div>`}
      <span class="said num ${late ? 'bad' : ''} ${where}" ${placed({ left: share(where === 'after' ? end : b.left) })}>${said}</span></div>`
  }
}
customElements.define('om-timeline', Timeline)
