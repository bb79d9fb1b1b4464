/** Short lists: incidents, shelter coverage by township, who can get here, reach. */
import { LitElement, css, html, nothing, type TemplateResult } from 'lit'
import { findNearest, loadCoverage, NEAREST_KINDS, openPlace, openPlan, REACH_MINUTES, showReach } from '../actions'
import { REACH_COLOURS } from '../map/shapes-layer'
import { age, clock, count, distance, minutes, percent } from '../pure/format'
import { store, Watch } from '../store'
import type { CoverageRow, Incident, NearestRow } from '../types'
import { sayCode, type WordKey } from '../words'
import { placed, shared, symbol } from './parts'

const list = css`
  :host { display: contents; }
  li { display: flex; gap: 0.75rem; align-items: center; padding: 0.55rem 0.3rem; border-top: 1px solid var(--line); min-height: var(--touch); cursor: pointer; }
  li:first-child { border-top: 0; }
  li:hover { background: var(--raised); }
  .named { font-weight: 600; }
  .reach i { width: 0.9rem; height: 0.9rem; border-radius: 0.2rem; }
  .reach .row { opacity: 0.45; } .reach .row.known { opacity: 1; }
  .big { font-size: 1.35rem; font-weight: 700; white-space: nowrap; }
  .big small { font-size: 0.8rem; font-weight: 500; color: var(--soft); }
  .tabs { display: flex; flex-wrap: wrap; gap: 0.4rem; padding-bottom: 0.7rem; }
  .tabs button[aria-pressed='true'] { border-color: var(--accent); background: color-mix(in srgb, var(--accent) 24%, var(--raised)); font-weight: 700; }
  .bar { height: 0.3rem; border-radius: 0.2rem; background: var(--line); margin-top: 0.2rem; }
  .bar i { display: block; height: 100%; border-radius: inherit; background: var(--good); }
  tr.total td { font-weight: 700; border-top: 2px solid var(--line); }
`

export class IncidentList extends LitElement {
  static override styles = [shared, list]
  constructor() {
    super()
    new Watch(this, ['incidents', 'eventTypes', 'now_ms'])
  }

  protected override render(): TemplateResult {
    const { incidents } = store.state
    const latest = [...incidents].sort((a, b) => (a.reported_at < b.reported_at ? 1 : -1))
    return html`<div class="body">${latest.length ? html`<ul>${latest.map((i) => this.item(i))}</ul>` : html`<p class="empty">${store.say('incidents.none')}</p>`}</div>`
  }

  private item(i: Incident): TemplateResult {
    const { eventTypes, lang, now_ms } = store.state
    const type = eventTypes.find((t) => t.code === i.event_type)
    const name = (lang === 'en' ? type?.name_en : type?.name_zh) ?? i.event_type
    return html`<li role="button" tabindex="0" @click=${() => openPlan(i.id)} @keydown=${(e: KeyboardEvent) => e.key === 'Enter' && openPlan(i.id)}>
      <div class="grow"><div class="named">${i.title || name}</div><div class="faint">${name} · ${clock(Date.parse(i.reported_at), false)} · ${age(i.reported_at, now_ms, store.say)}</div></div>
      <span class="tag soft">${store.say('incidents.open')}</span></li>`
  }
}
customElements.define('om-incidents', IncidentList)

export class CoveragePanel extends LitElement {
  static override styles = [shared, list]
  private minutes = 15
  constructor() {
    super()
    new Watch(this, ['coverage'])
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (!store.state.coverage) void loadCoverage(this.minutes)
  }

  protected override render(): TemplateResult {
    const { say } = store
    const { coverage, lang } = store.state
    return html`<div class="body">
      <div class="tabs">${[10, 15, 30].map((n) => html`<button aria-pressed=${n === this.minutes} @click=${() => { this.minutes = n; void loadCoverage(n) }}>${say('coverage.minutes', { n })}</button>`)}</div>
      <p class="faint">${say('coverage.note', { n: this.minutes })}</p>
      ${coverage ? html`<table><thead><tr><th>${say('coverage.town')}</th><th class="right">${say('coverage.people')}</th><th>${say('coverage.foot')}</th><th>${say('coverage.vehicle')}</th></tr></thead>
        <tbody>${this.row({ name: say('coverage.total'), ...coverage.total }, 'total')}${coverage.districts.map((d) => this.row(d, ''))}</tbody></table>
        ${coverage.unknowns.map((u) => html`<p class="warn">${lang === 'en' ? u.detail_en : u.detail_zh}</p>`)}` : html`<p class="empty">${say('app.loading')}</p>`}
    </div>`
  }

  private row(d: CoverageRow, kind: string): TemplateResult {
    const unknown = store.say('value.unknown')
    const share = (s: number | null): TemplateResult => html`<div class="num">${percent(s) ?? unknown}</div><div class="bar"><i ${placed({ width: `${Math.round((s ?? 0) * 100)}%` })}></i></div>`
    return html`<tr class=${kind}><td>${d.name}</td><td class="right num">${d.people === null ? unknown : count(d.people)}</td><td>${share(d.foot_share)}</td><td>${share(d.vehicle_share)}</td></tr>`
  }
}
customElements.define('om-coverage', CoveragePanel)

const KIND_WORDS: Record<(typeof NEAREST_KINDS)[number], WordKey> = { team: 'nearest.teams', mobile: 'nearest.mobile', depot: 'nearest.depots', shelter: 'nearest.shelters' }

export class NearestList extends LitElement {
  static override styles = [shared, list]
  constructor() {
    super()
    new Watch(this, ['panel'])
  }

  protected override render(): TemplateResult | typeof nothing {
    const { panel, lang } = store.state
    if (panel?.view !== 'nearest') return nothing
    const { say } = store
    const { answer, at, kind } = panel
    return html`<div class="body">
      <div class="tabs">${NEAREST_KINDS.map((k) => html`<button aria-pressed=${k === kind} @click=${() => findNearest(at, k)}>${say(KIND_WORDS[k])}</button>`)}</div>
      ${answer && answer.resources.length > 0 && answer.resources.every((r) => r.why === 'no_road_data') ? html`<p class="warn">${say('nearest.off_road')}</p>` : nothing}
      ${answer === null ? html`<p class="empty">${say('app.loading')}</p>` : answer.resources.length === 0 ? html`<p class="empty">${say('nearest.none')}</p>` : html`<ol>${answer.resources.map((r) => this.item(r))}</ol>`}
      ${answer?.unknowns.map((u) => html`<p class="warn">${lang === 'en' ? u.detail_en : u.detail_zh}</p>`)}
    </div>`
  }

  private item(r: NearestRow): TemplateResult {
    const { say } = store
    const eta = minutes(r.eta_s)
    return html`<li role="button" tabindex="0" @click=${() => openPlace(r.id)}>${symbol(r.category, r.kind)}
      <div class="grow"><div class="cut">${r.name}</div><div class="faint num">${[distance(r.distance_m), say('force.straight', { d: distance(r.straight_m) ?? '' }), say('force.turnout', { n: minutes(r.turnout_s) ?? 0 })].filter(Boolean).join(' · ')}</div></div>
      ${eta === null ? html`<span class="tag ${r.why === 'no_road_data' ? 'warn' : 'bad'}">${sayCode(say, 'why', r.why ?? 'unreachable')}</span>` : html`<span class="big num">${eta}<small> ${say('plan.minutes')}</small></span>`}</li>`
  }
}
customElements.define('om-nearest', NearestList)

export class ReachPanel extends LitElement {
  static override styles = [shared, list]
  constructor() {
    super()
    new Watch(this, ['panel', 'isochrones'])
  }

  protected override render(): TemplateResult | typeof nothing {
    const { panel, isochrones } = store.state
    if (panel?.view !== 'reach') return nothing
    const { say } = store
    const known = new Set(isochrones.map((f) => f.properties.minutes))
    return html`<div class="body"><div class="tabs">
      ${(['from_incident', 'to_incident'] as const).map((d) => html`<button aria-pressed=${d === panel.direction} @click=${() => showReach(panel.at, d)}>${say(d === 'from_incident' ? 'reach.from' : 'reach.to')}</button>`)}</div>
      <div class="row reach">${REACH_MINUTES.map((n, i) => html`<span class="row ${known.has(n) ? 'known' : ''}"><i ${placed({ background: REACH_COLOURS[i]! })}></i>${say('reach.minutes', { n })}</span>`)}</div>
      ${isochrones.length ? nothing : html`<p class="empty">${say('app.loading')}</p>`}</div>`
  }
}
customElements.define('om-reach', ReachPanel)
