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
    .said.none { color: var(--warn); }
    .bar.open { background: none; border: 0.1rem dashed var(--accent); }
    .said.bad { color: var(--bad); font-weight: 700; }
    .said.inside, .said.inside.bad { color: var(--text); } .said.inside.critical { color: var(--accent-ink); }
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
    .over { display: none; }
    /* A narrow panel sets each name over its bar, so that none is cut short. */
    :host(:not([brief])) .grid { display: block; }
    :host(:not([brief])) .names { display: none; }
    :host(:not([brief])) .over { display: block; font-size: 0.92rem; line-height: 1.5rem; height: 1.5rem; padding-left: 0.4rem; position: relative; }
    :host(:not([brief])) .over .icon { color: var(--warn); width: 0.75em; height: 0.75em; margin-right: 0.3em; }
    :host(:not([brief])) .lane { height: 3.1rem; }
    :host(:not([brief])) :is(.bar, .late) { top: 1.65rem; } :host(:not([brief])) .said { top: 1.33rem; } :host(:not([brief])) .due { top: 1.5rem; }
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
      <div class="names">${bars.map((b) => html`<div class="name cut" title=${this.told(b)}>${b.task.critical ? icon('alert') : nothing}${this.named(b)}</div>`)}</div>
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

  /** The whole of a task in a line: what a narrow column cuts off. */
  private told(b: Bar): string {
    const { say } = store
    const { task } = b
    return [this.named(b), say('task.owner', { name: both(task, 'owner', store.state.lang) }), task.deadline_s === null ? '' : `${say('task.deadline')} ${minSec(task.deadline_s)}`, this.when(b)].filter(Boolean).join(' · ')
  }

  private when({ task, late, sure }: Bar): string {
    const { say } = store
    if (!sure) return say('task.undetermined')
    return late > 0 ? `${minSec(task.finish_s)} · ${say('plan.late', { n: `${Math.ceil((task.late_s ?? 0) / 60)} ${say('plan.minutes')}` })}` : (minSec(task.finish_s) ?? '')
  }

  private lane(b: Bar): TemplateResult {
    const { task } = b
    const end = b.left + b.width
    const late = b.late > 0
    const where = end <= 0.78 ? 'after' : b.left > 0.3 ? 'before' : 'inside'
    return html`<div class="lane" title=${this.told(b)}><span class="over cut">${task.critical ? icon('alert') : nothing}${this.named(b)}</span>
      ${task.start_s === null ? nothing : html`<div class="bar ${task.critical ? 'critical' : ''} ${b.sure ? '' : 'open'}" ${placed({ left: share(b.left), width: share(b.width - b.late) })}></div>`}
      ${late ? html`<div class="late" ${placed({ left: share(end - b.late), width: share(b.late) })}></div>` : nothing}
      ${b.deadline === null ? nothing : html`<div class="due" ${placed({ left: share(b.deadline) })}></div>`}
      <span class="said num ${late ? 'bad' : ''} ${b.sure ? '' : 'none'} ${task.critical ? 'critical' : ''} ${where}" ${placed({ left: share(where === 'after' ? end : b.left) })}>${this.when(b)}</span></div>`
  }
}
customElements.define('om-timeline', Timeline)
