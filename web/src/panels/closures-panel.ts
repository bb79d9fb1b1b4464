/** Closures in force, drawing a new one, lifting one. */
import { LitElement, css, html, nothing, type TemplateResult } from 'lit'
import { close, lift } from '../actions'
import { age } from '../pure/format'
import { store, Watch } from '../store'
import type { Closure, Geometry } from '../types'
import { sayCode, type WordKey } from '../words'
import { icon, shared } from './parts'

const CAUSES = ['flood', 'landslide', 'accident', 'bridge', 'cordon', 'works', 'other'] as const

export class ClosuresPanel extends LitElement {
  static override styles = [shared, css`
    :host { display: contents; }
    .tools { display: grid; grid-template-columns: 1fr 1fr; gap: 0.6rem; padding-bottom: 0.6rem; }
    form { display: grid; gap: 0.7rem; background: var(--raised); border-radius: var(--radius); padding: 0.9rem; margin: 0.3rem 0 0.8rem; }
    form input, form select { background: var(--panel); }
    .two { display: grid; grid-template-columns: 1.4fr 1fr; gap: 0.7rem; }
    li { display: flex; gap: 0.7rem; align-items: center; padding: 0.6rem 0; border-top: 1px solid var(--line); }
    li .icon { color: var(--bad); width: 1.5rem; height: 1.5rem; }
  `]

  private cause: (typeof CAUSES)[number] = 'flood'

  constructor() {
    super()
    new Watch(this, ['closures', 'draft', 'plan', 'pick', 'now_ms'])
  }

  protected override render(): TemplateResult {
    const { say } = store
    const { closures, draft } = store.state
    return html`<div class="body">
      <div class="tools">
        <button @click=${() => store.set({ draft: null, pick: { what: 'polygon', corners: [] } })}>${icon('plus')}${say('closures.draw')}</button>
        <button @click=${() => store.set({ draft: null, pick: { what: 'road' } })}>${icon('plus')}${say('closures.tap')}</button>
      </div>
      ${draft ? this.form(draft) : nothing}
      ${closures.length ? html`<ul>${closures.map((c) => this.item(c))}</ul>` : html`<p class="empty">${say('closures.none')}</p>`}
    </div>`
  }

  private form(geometry: Geometry): TemplateResult {
    const { say } = store
    return html`<form @submit=${(e: SubmitEvent) => this.save(e, geometry)}>
      <label><span>${say('closures.name')}</span><input name="name" maxlength="80" placeholder=${say('closures.name_default')} /></label>
      <div class="two">
        <label><span>${say('closures.cause')}</span><select name="cause" @change=${(e: Event) => { this.cause = (e.target as HTMLSelectElement).value as typeof this.cause; this.requestUpdate() }}>
          ${CAUSES.map((c) => html`<option value=${c} ?selected=${c === this.cause}>${say(`cause.${c}` as WordKey)}</option>`)}</select></label>
        ${this.cause === 'flood' ? html`<label><span>${say('closures.depth')}</span><input name="depth_m" type="number" min="0" max="20" step="0.05" inputmode="decimal" placeholder=${say('report.blank')} /></label>` : nothing}
      </div>
      <div class="row"><button type="button" @click=${() => store.set({ draft: null })}>${say('app.cancel')}</button>
        <button class="danger grow">${say(store.state.plan ? 'closures.save' : 'closures.save_only')}</button></div>
    </form>`
  }

  private item(c: Closure): TemplateResult {
    const { say } = store
    const cause = sayCode(say, 'cause', c.cause)
    const depth = c.depth_m === null || c.depth_m === undefined ? '' : ` ${c.depth_m} m`
    const roads = (c.roads ?? []).filter(Boolean)
    return html`<li>${icon('closed')}<div class="grow"><div class="cut">${c.name || say('closures.name_default')}</div>
        <div class="faint">${cause}${depth}${c.created_at ? ` · ${age(c.created_at, store.state.now_ms, say)}` : ''}</div>
        ${roads.length ? html`<div class="faint">${say('closures.roads', { roads: roads.slice(0, 6).join(say('app.separator')) + (roads.length > 6 ? '…' : '') })}</div>` : nothing}</div>
      <button @click=${() => lift(c.id, c.name)}>${say('closures.lift')}</button></li>`
  }

  private save(event: SubmitEvent, geometry: Geometry): void {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    const depth = String(data.get('depth_m') ?? '')
    const cause = String(data.get('cause'))
    const name = String(data.get('name') ?? '').trim() || `${store.say('closures.name_default')}·${sayCode(store.say, 'cause', cause)}`
    void close({ geometry, cause, name, ...(depth === '' ? {} : { depth_m: Number(depth) }) })
  }
}
customElements.define('om-closures', ClosuresPanel)
