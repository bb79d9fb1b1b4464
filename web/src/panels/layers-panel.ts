/** Layers and legend: 300 categories in groups, with counts and switches. */
import { LitElement, css, html, nothing, type TemplateResult } from 'lit'
import { setShown, toggleShown } from '../actions'
import { count } from '../pure/format'
import { store, Watch } from '../store'
import { BADGES, DEFAULT_ON, type Kind } from '../symbols'
import type { Category, CategoryGroup } from '../types'
import type { WordKey } from '../words'
import { badge, shared, symbol } from './parts'

export class LayersPanel extends LitElement {
  static override styles = [shared, css`
    :host { display: contents; }
    .legend { display: grid; grid-template-columns: 1fr 1fr; gap: 0.25rem 0.6rem; padding-bottom: 0.8rem; }
    .legend .badge { width: 1.3rem; height: 1.3rem; }
    .legend div { display: flex; gap: 0.45rem; align-items: center; font-size: 0.88rem; color: var(--soft); }
    .tools { display: flex; gap: 0.5rem; padding: 0.7rem 0 0.3rem; align-items: center; }
    h3 { padding: 0.9rem 0 0.2rem; color: var(--soft); font-size: 0.9rem; letter-spacing: 0.06em; }
    details { border-bottom: 1px solid var(--line); }
    summary { display: flex; align-items: center; gap: 0.6rem; min-height: var(--touch); cursor: pointer; list-style: none; }
    summary::-webkit-details-marker { display: none; }
    summary::before { content: ''; width: 0.45rem; height: 0.45rem; border: solid var(--faint); border-width: 0 0.13rem 0.13rem 0; transform: rotate(-45deg); flex: none; transition: transform 0.15s; }
    details[open] > summary::before { transform: rotate(45deg); }
    .one { display: flex; align-items: center; gap: 0.6rem; min-height: max(2.4rem, 40px); padding-left: 1.05rem; cursor: pointer; }
    .one .badge { width: 1.45rem; height: 1.45rem; }
    .one.nil { opacity: 0.5; }
    .n { color: var(--faint); font-size: 0.86rem; }
    .on { color: var(--accent); font-weight: 600; }
  `]

  private filter = ''

  constructor() {
    super()
    new Watch(this, ['categories', 'on', 'places', 'truncated'])
  }

  protected override render(): TemplateResult {
    const { say } = store
    const { categories, places, truncated, on } = store.state
    const known = categories ? [...categories.resource, ...categories.risk].flatMap((g) => g.categories) : []
    const usual = DEFAULT_ON.filter((code) => known.some((c) => c.code === code && c.count > 0))
    return html`<div class="body">
      <div class="legend">${(Object.keys(BADGES) as Kind[]).map((k) => html`<div>${badge(k, null)}${say(`kind.${k}` as WordKey)}</div>`)}</div>
      <input type="search" .value=${this.filter} placeholder=${say('layers.filter')} aria-label=${say('layers.filter')}
        @input=${(e: Event) => { this.filter = (e.target as HTMLInputElement).value.trim(); this.requestUpdate() }} />
      <div class="tools">
        <button @click=${() => setShown(usual)}>${say('layers.defaults')}</button>
        <button ?disabled=${on.size === 0} @click=${() => setShown([])}>${say('layers.all_off')}</button>
        <span class="faint grow right num">${say('layers.shown', { n: count(places.length) })}</span>
      </div>
      ${truncated ? html`<p class="warn">${say('layers.truncated')}</p>` : nothing}
      ${categories ? html`${this.side('layers.resource', categories.resource)}${this.side('layers.risk', categories.risk)}` : html`<p class="empty">${say('app.loading')}</p>`}
    </div>`
  }

  private side(title: WordKey, groups: CategoryGroup[]): TemplateResult {
    const kept = groups.map((g) => ({ ...g, categories: g.categories.filter((c) => this.passes(c)) })).filter((g) => g.categories.length)
    return html`<h3>${store.say(title)}</h3>
      ${kept.length ? kept.map((g) => this.group(g)) : html`<p class="empty">${store.say('layers.none')}</p>`}`
  }

  private passes(c: Category): boolean {
    const f = this.filter.toLowerCase()
    return !f || c.name_zh.includes(f) || c.name_en.toLowerCase().includes(f) || c.code.toLowerCase() === f
  }

  private group(group: CategoryGroup): TemplateResult {
    const { on, lang } = store.state
    const codes = group.categories.map((c) => c.code)
    const shown = codes.filter((c) => on.has(c)).length
    const total = group.categories.reduce((sum, c) => sum + c.count, 0)
    const name = lang === 'en' ? group.group_en : group.group_zh
    return html`<details ?open=${this.filter !== ''}>
      <summary>
        <span class="grow cut ${shown ? 'on' : ''}">${name}</span>
        <span class="n num">${shown ? `${shown}/${codes.length} · ` : ''}${count(total)}</span>
        <input type="checkbox" aria-label=${name} .checked=${shown === codes.length} .indeterminate=${shown > 0 && shown < codes.length}
          @click=${(e: Event) => e.stopPropagation()} @change=${(e: Event) => toggleShown(codes, (e.target as HTMLInputElement).checked)} />
      </summary>
      ${group.categories.map((c) => html`<label class="one ${c.count ? '' : 'nil'}">
        ${symbol(c.code, c.kind)}
        <div class="grow cut">${lang === 'en' ? c.name_en : c.name_zh}</div>
        <div class="n num">${count(c.count)}</div>
        <input type="checkbox" .checked=${on.has(c.code)} @change=${(e: Event) => toggleShown([c.code], (e.target as HTMLInputElement).checked)} />
      </label>`)}
    </details>`
  }
}
customElements.define('om-layers', LayersPanel)
