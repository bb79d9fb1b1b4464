/** One way by road: its time as a range, its directions, and the ways that do without one of its roads. */
import { LitElement, css, html, nothing, type TemplateResult } from 'lit'
import { chooseWay, pickGoal, showRoute } from '../actions'
import { distance, minSec, minutes, percent } from '../pure/format'
import { store, Watch } from '../store'
import type { OtherWay, RouteAnswer, RouteReason, Way } from '../types'
import { sayCode, type WordKey } from '../words'
import { shared } from './parts'

export const PROFILES = ['fire_tender', 'ambulance', 'truck', 'bus', 'car', 'high_clearance', 'foot'] as const

/** Seconds from the start until an instruction is done; null where its own time is not known. */
const spent = (way: Way, last: number): number | null =>
  way.instructions.slice(0, last + 1).reduce<number | null>((sum, one) => (sum === null || one.duration_s === null ? null : sum + one.duration_s), 0)

export class RoutePanel extends LitElement {
  static override styles = [shared, css`
    :host { display: contents; }
    .whole { align-items: baseline; padding: 0.8rem 0 0.3rem; }
    .whole b { font-size: 2.4rem; line-height: 1; }
    .ways { display: grid; gap: 0.5rem; padding: 0.6rem 0; }
    .ways button { justify-content: space-between; text-align: left; min-height: 3rem; }
    .ways button[aria-pressed='true'] { border-color: var(--accent); background: color-mix(in srgb, var(--accent) 22%, var(--raised)); }
    ol { counter-reset: step; padding-top: 0.3rem; }
    li { display: grid; grid-template-columns: 2rem 1fr auto; gap: 0.4rem; padding: 0.55rem 0; border-top: 1px solid var(--line); font-size: 1.06rem; }
    li::before { counter-increment: step; content: counter(step); color: var(--faint); font-variant-numeric: tabular-nums; }
  `]

  constructor() {
    super()
    new Watch(this, ['panel'])
  }

  protected override render(): TemplateResult | typeof nothing {
    const { panel } = store.state
    if (panel?.view !== 'route') return nothing
    const { say } = store
    const { from, to, profile, answer } = panel
    return html`<div class="body">
      <label><span>${say('route.profile')}</span><select @change=${(e: Event) => to && void showRoute(from, to, (e.target as HTMLSelectElement).value)}>
        ${PROFILES.map((p) => html`<option value=${p} ?selected=${p === profile}>${say(`profile.${p}` as WordKey)}</option>`)}</select></label>
      ${to === null ? html`<p class="empty">${say('pick.goal')}</p>` : answer === null ? html`<p class="empty">${say('app.loading')}</p>` : this.found(answer, panel.chosen)}
      ${to ? html`<div class="row"><button class="grow" @click=${() => showRoute(to, from, profile)}>${say('route.back')}</button>
        <button class="grow" @click=${() => pickGoal(from)}>${say('route.elsewhere')}</button></div>` : nothing}
    </div>`
  }

  private found(answer: RouteAnswer, chosen: number): TemplateResult {
    const { say } = store
    if (answer.road_s === null) return html`<p class="row whole"><span class="tag ${answer.why === 'no_road_data' ? 'warn' : 'bad'}">${sayCode(say, 'why', answer.why ?? 'unreachable')}</span>
      ${answer.reason ? html`<span>${this.reason(answer.reason)}</span>` : nothing}</p>`
    const ways: (Way | OtherWay)[] = [answer, ...answer.alternatives]
    const way = ways[chosen] ?? answer
    return html`${this.whole(way)}
      ${answer.alternatives.length ? html`<div class="ways" role="group" aria-label=${say('route.ways')}>${ways.map((w, i) => this.choice(w, i, chosen))}</div>` : nothing}
      ${answer.only.length ? html`<p class="warn">${say('route.only', { roads: answer.only.map((r) => r || say('route.nameless')).join(say('app.separator')) })}</p>` : nothing}
      <ol>${way.instructions.map((one, i) => html`<li><span>${one.text}</span><span class="faint num">${minSec(spent(way, i))}</span></li>`)}</ol>`
  }

  private reason({ kind, at, closures }: RouteReason): string {
    const { say } = store
    const list = (names: string[]): string => names.join(say('app.separator'))
    if (kind === 'closed') return say('route.reason.closed', { names: list((closures ?? []).map((c) => c.name || say('closures.name_default'))) })
    if (kind === 'no_road_data') return say('route.reason.no_road_data', { ends: list((at ?? []).map((end) => say(`route.end.${end}` as WordKey))) })
    return say(`route.reason.${kind}` as WordKey)
  }

  private whole(way: Way): TemplateResult {
    const { say } = store
    const { eta } = way
    return html`<p class="row whole"><b class="num">${minutes(way.road_s)}</b><span>${say('plan.minutes')}</span>
        <span class="soft num">${distance(way.distance_m)}</span></p>
      ${eta ? html`<p class="faint">${say(`route.basis.${eta.basis}` as WordKey, { low: Math.floor(eta.low_s / 60), high: minutes(eta.high_s) ?? 0 })}</p>` : nothing}`
  }

  private choice(way: Way | OtherWay, i: number, chosen: number): TemplateResult {
    const { say } = store
    const other = 'without' in way ? way : null
    return html`<button aria-pressed=${i === chosen} @click=${() => chooseWay(i)}>
      <span>${other ? say('route.without', { road: other.without || say('route.nameless') }) : say('route.quickest')}</span>
      <span class="num soft">${other ? say('route.extra', { n: Math.round(other.extra_s / 60), share: percent(other.shared) ?? '' }) : `${minutes(way.road_s)} ${say('plan.minutes')}`}</span></button>`
  }
}
customElements.define('om-route', RoutePanel)
