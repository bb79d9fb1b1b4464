/** Closures in force, drawing a new one, lifting one. */
import { LitElement, css, html, nothing, type TemplateResult } from 'lit'
import { close, lift, weigh } from '../actions'
import { age } from '../pure/format'
import { store, Watch, type Pick } from '../store'
import type { Closure, ClosureRequest, Geometry } from '../types'
import { sayCode, type WordKey } from '../words'
import { lossView } from './loss-view'
import { icon, shared } from './parts'

const CAUSES = ['flood', 'landslide', 'accident', 'bridge', 'cordon', 'works', 'other'] as const
/** What a closure does to who passes: nothing gets through, or only so fast. */
const FACTORS = ['', '0.5', '0.3'] as const
type Where = { geometry: Geometry } | 'road' | 'bridge'

export class ClosuresPanel extends LitElement {
  static override styles = [shared, css`
    :host { display: contents; }
    .tools { display: grid; grid-template-columns: 1fr 1fr; gap: 0.6rem; padding-bottom: 0.6rem; }
    .tools button { padding: 0 0.4rem; }
    form { display: grid; gap: 0.7rem; background: var(--raised); border-radius: var(--radius); padding: 0.9rem; margin: 0.3rem 0 0.8rem; }
    form input, form select { background: var(--panel); }
    .two { display: grid; grid-template-columns: 1.4fr 1fr; gap: 0.7rem; }
    li { display: flex; gap: 0.7rem; align-items: center; padding: 0.6rem 0; border-top: 1px solid var(--line); }
    li .icon { color: var(--bad); width: 1.5rem; height: 1.5rem; } li.slow .icon { color: var(--warn); }
  `]

  private cause: (typeof CAUSES)[number] = 'flood'
  private naming: 'road' | 'bridge' | null = null

  constructor() {
    super()
    new Watch(this, ['closures', 'draft', 'plan', 'pick', 'loss', 'now_ms'])
  }

  protected override render(): TemplateResult {
    const { say } = store
    const { closures, draft } = store.state
    const where: Where | null = draft ? { geometry: draft } : this.naming
    return html`<div class="body">
      <div class="tools">
        <button @click=${() => this.begin(null, { what: 'polygon', corners: [] })}>${icon('plus')}${say('closures.draw')}</button>
        <button @click=${() => this.begin(null, { what: 'road' })}>${icon('plus')}${say('closures.tap')}</button>
        <button id="close-road" @click=${() => this.begin('road', null)}>${icon('plus')}${say('closures.by_road')}</button>
        <button id="close-bridge" @click=${() => this.begin('bridge', null)}>${icon('plus')}${say('closures.by_bridge')}</button>
      </div>
      ${where ? this.form(where) : nothing}
      ${closures.length ? html`<ul>${closures.map((c) => this.item(c))}</ul>` : html`<p class="empty">${say('closures.none')}</p>`}
    </div>`
  }

  private begin(naming: 'road' | 'bridge' | null, pick: Pick | null): void {
    this.naming = naming
    store.set({ draft: null, loss: null, pick })
    this.requestUpdate()
  }

  private form(where: Where): TemplateResult {
    const { say } = store
    return html`<form @submit=${(e: SubmitEvent) => this.save(e, where)}>
      ${typeof where === 'string' ? html`<label><span>${say(`closures.${where}`)}</span><input name="named" required maxlength="80" placeholder=${say(`closures.${where}_hint`)} /></label>` : nothing}
      <label><span>${say('closures.name')}</span><input name="name" maxlength="80" placeholder=${say('closures.name_default')} /></label>
      <div class="two">
        <label><span>${say('closures.cause')}</span><select name="cause" @change=${(e: Event) => { this.cause = (e.target as HTMLSelectElement).value as typeof this.cause; this.requestUpdate() }}>
          ${CAUSES.map((c) => html`<option value=${c} ?selected=${c === this.cause}>${say(`cause.${c}` as WordKey)}</option>`)}</select></label>
        ${this.cause === 'flood' ? html`<label><span>${say('closures.depth')}</span><input name="depth_m" type="number" min="0" max="20" step="0.05" inputmode="decimal" placeholder=${say('report.blank')} /></label>` : nothing}
      </div>
      <label><span>${say('closures.passing')}</span><select name="speed_factor">
        ${FACTORS.map((f) => html`<option value=${f}>${say(f === '' ? 'closures.stops' : 'closures.slows', { n: Math.round(Number(f) * 100) })}</option>`)}</select></label>
      ${store.state.loss ? lossView(store.state.loss) : nothing}
      <div class="row"><button type="button" @click=${() => this.begin(null, null)}>${say('app.cancel')}</button>
        <button type="button" id="weigh" class="grow" @click=${(e: Event) => weigh(this.request((e.target as HTMLElement).closest('form')!, where))}>${say('closures.weigh')}</button>
        <button class="danger grow">${say(store.state.plan ? 'closures.save' : 'closures.save_only')}</button></div>
    </form>`
  }

  private item(c: Closure): TemplateResult {
    const { say } = store
    const cause = sayCode(say, 'cause', c.cause)
    const depth = c.depth_m === null || c.depth_m === undefined ? '' : ` ${c.depth_m} m`
    const roads = (c.roads ?? []).filter(Boolean)
    const slow = c.speed_factor ? ` · ${say('closures.slows', { n: Math.round(c.speed_factor * 100) })}` : ''
    return html`<li class=${c.speed_factor ? 'slow' : ''}>${icon(c.speed_factor ? 'clock' : 'closed')}<div class="grow"><div class="cut">${c.name || say('closures.name_default')}</div>
        <div class="faint">${cause}${depth}${slow}${c.km ? ` · ${c.km.toFixed(1)} km` : ''}${c.reported_at ? ` · ${age(c.reported_at, store.state.now_ms, say)}` : ''}</div>
        ${roads.length ? html`<div class="faint">${say('closures.roads', { roads: roads.slice(0, 6).join(say('app.separator')) + (roads.length > 6 ? '…' : '') })}</div>` : nothing}
        ${(c.unknowns ?? []).map((u) => html`<p class="warn">${store.state.lang === 'en' ? u.detail_en : u.detail_zh}</p>`)}</div>
      <button @click=${() => lift(c.id, c.name)}>${say('closures.lift')}</button></li>`
  }

  private async save(event: SubmitEvent, where: Where): Promise<void> {
    event.preventDefault()
    if (await close(this.request(event.target as HTMLFormElement, where))) this.begin(null, null)
  }

  private request(form: HTMLFormElement, where: Where): Omit<ClosureRequest, 'id'> {
    const data = new FormData(form)
    const text = (key: string): string => String(data.get(key) ?? '').trim()
    const [depth, factor, cause, named] = [text('depth_m'), text('speed_factor'), text('cause'), text('named')]
    return {
      ...(typeof where === 'string' ? { [where]: named } : where),
      cause,
      name: text('name') || named || `${store.say('closures.name_default')}·${sayCode(store.say, 'cause', cause)}`,
      ...(depth === '' ? {} : { depth_m: Number(depth) }),
      ...(factor === '' ? {} : { speed_factor: Number(factor) }),
    }
  }
}
customElements.define('om-closures', ClosuresPanel)
