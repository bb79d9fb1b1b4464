/** The roads themselves: what cannot be spared, and where the map has none. */
import { LitElement, css, html, nothing, type TemplateResult } from 'lit'
import { loadCritical, loadMissing, lookAt } from '../actions'
import { count, distance, minutes, percent } from '../pure/format'
import { store, Watch } from '../store'
import type { CriticalRoad, Feature, MissingTownship } from '../types'
import type { WordKey } from '../words'
import { shared } from './parts'

const PLACES = ['village', 'town', 'shelter', 'risk'] as const

export class RoadsPanel extends LitElement {
  static override styles = [shared, css`
    :host { display: contents; }
    .tabs { display: flex; gap: 0.4rem; padding-bottom: 0.7rem; }
    .tabs button { flex: 1; }
    .tabs button[aria-pressed='true'] { border-color: var(--accent); background: color-mix(in srgb, var(--accent) 24%, var(--raised)); font-weight: 700; }
    li { display: grid; grid-template-columns: 2.1rem 1fr auto; gap: 0.5rem; align-items: center; padding: 0.55rem 0.2rem; border-top: 1px solid var(--line); cursor: pointer; }
    li:hover { background: var(--raised); }
    .rank { width: 1.8rem; height: 1.8rem; border-radius: 50%; display: grid; place-items: center; background: #c2410c; color: #fff; font-weight: 700; font-size: 0.86rem; }
    .big { font-size: 1.15rem; font-weight: 700; text-align: right; }
    .big small { display: block; font-weight: 500; font-size: 0.78rem; color: var(--soft); }
    p + ol { padding-top: 0.5rem; }
  `]

  constructor() {
    super()
    new Watch(this, ['critical', 'missing', 'roadsTab'])
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (!store.state.critical) void loadCritical()
  }

  protected override render(): TemplateResult {
    const { say } = store
    const { roadsTab } = store.state
    return html`<div class="body"><div class="tabs">
      <button aria-pressed=${roadsTab === 'critical'} @click=${() => store.set({ roadsTab: 'critical' })}>${say('roads.critical')}</button>
      <button aria-pressed=${roadsTab === 'missing'} @click=${() => { store.set({ roadsTab: 'missing' }); if (!store.state.missing) void loadMissing() }}>${say('roads.missing')}</button></div>
      ${roadsTab === 'critical' ? this.critical() : this.missing()}</div>`
  }

  private critical(): TemplateResult {
    const { say } = store
    const { critical, lang } = store.state
    if (!critical) return html`<p class="empty">${say('roads.counting')}</p>`
    return html`<p class="faint">${say('roads.critical_note', { n: critical.basis.considered, of: critical.basis.of, services: critical.basis.services })}</p>
      <ol>${critical.features.map((f) => this.road(f))}</ol>
      ${critical.unknowns.map((u) => html`<p class="warn">${lang === 'en' ? u.detail_en : u.detail_zh}</p>`)}`
  }

  private road({ geometry, properties: r }: Feature<CriticalRoad>): TemplateResult {
    const { say } = store
    const places = PLACES.flatMap((kind) => (r.places_cut_off[kind] ? [say(`loss.${kind}` as WordKey, { n: r.places_cut_off[kind] })] : []))
    const cover = percent(r.cover_lost)
    if (cover && cover !== '0%') places.push(say('roads.cover', { share: cover }))
    if ((r.kind === 'road' || !r.name) && r.from && r.to && r.from !== r.to) places.unshift(say('roads.stretch', { from: r.from, to: r.to }))
    else if (r.township) places.unshift(r.township)
    const [figure, word] = r.cut_off ? [r.cut_off, say('roads.cut_off')] : [r.later, say('roads.later', { n: minutes(r.eta_loss_s) ?? 0 })]
    return html`<li role="button" tabindex="0" @click=${() => lookAt(geometry)} @keydown=${(e: KeyboardEvent) => e.key === 'Enter' && lookAt(geometry)}>
      <span class="rank num">${r.rank}</span><div class="grow"><div class="cut">${r.name || say('route.nameless')} <span class="tag soft">${say(`roads.kind.${r.kind}` as WordKey)}</span></div>
        <div class="faint">${places.join(' · ')}</div></div>
      <span class="big num ${r.cut_off ? 'bad' : ''}">${figure === null ? say('value.unknown') : count(figure)}<small>${word}</small></span></li>`
  }

  private missing(): TemplateResult {
    const { say } = store
    const { missing, lang } = store.state
    if (!missing) return html`<p class="empty">${say('app.loading')}</p>`
    const unknown = say('value.unknown')
    const row = (t: MissingTownship): TemplateResult => html`<tr><td>${t.name ?? say('roads.no_township')}</td>
      <td>${t.villages === null ? unknown : t.villages.length ? t.villages.slice(0, 4).join(say('app.separator')) + (t.villages.length > 4 ? '…' : '') : say('value.none')}</td>
      <td class="right num">${t.people === null ? unknown : count(t.people)}</td><td class="right num">${distance(t.farthest_m) ?? '–'}</td></tr>`
    const some = missing.townships.filter((t) => t.people || t.villages?.length || t.places?.length)
    return html`<p class="faint">${say('roads.missing_note', { n: missing.basis.limit_m })}</p>
      ${some.length ? html`<table><thead><tr><th>${say('coverage.town')}</th><th>${say('roads.villages')}</th><th class="right">${say('coverage.people')}</th><th class="right">${say('roads.farthest')}</th></tr></thead><tbody>${some.map(row)}</tbody></table>`
        : html`<p class="empty">${say('roads.none_missing')}</p>`}
      ${missing.unknowns.map((u) => html`<p class="warn">${lang === 'en' ? u.detail_en : u.detail_zh}</p>`)}${nothing}`
  }
}
customElements.define('om-roads', RoadsPanel)
