/** Everything known of one place, with its source and age; what nobody reported says so. */
import { LitElement, css, html, nothing, type TemplateResult } from 'lit'
import { findNearest } from '../actions'
import { coordinates, count, reported, updated } from '../pure/format'
import { categoryOf, store, Watch } from '../store'
import type { Place } from '../types'
import { sayCode, type WordKey } from '../words'
import { shared, symbol } from './parts'

export class PlaceCard extends LitElement {
  static override styles = [shared, css`
    :host { display: contents; }
    .title { align-items: flex-start; padding-bottom: 0.8rem; }
    .title .badge { width: 2.6rem; height: 2.6rem; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1.2rem; }
    dt, dd { padding: 0.45rem 0; border-top: 1px solid var(--line); }
    dt { color: var(--soft); }
    dd.missing { color: var(--warn); }
    .foot { padding-top: 0.9rem; border-top: 1px solid var(--line); display: grid; gap: 0.7rem; }
  `]

  constructor() {
    super()
    new Watch(this, ['panel', 'now_ms'])
  }

  protected override render(): TemplateResult | typeof nothing {
    const { panel, now_ms } = store.state
    if (panel?.view !== 'place') return nothing
    const p = panel.place
    const { say } = store
    return html`<div class="body">
      <div class="row title">${symbol(p.category, p.kind)}<div class="grow"><h2>${p.name}</h2><div class="soft">${this.category(p)}</div></div></div>
      <dl>${fields(p).map(([word, value]) => html`<dt>${say(word)}</dt><dd class=${value === null ? 'missing' : ''}>${value ?? say('value.unreported')}</dd>`)}
        ${Object.entries(p.attributes).filter(([name]) => !(name in p)).map(([name, value]) => html`<dt>${name}</dt><dd class=${value === null ? 'missing' : ''}>${value === null ? say('value.unreported') : shown(value)}</dd>`)}</dl>
      <div class="foot">
        <div class="soft">${say('place.source')}: ${p.source} · ${updated(p.updated_at, now_ms, say)}
          ${p.synthetic ? html`<span class="tag warn">${say('app.synthetic')}</span>` : nothing}</div>
        <button @click=${() => findNearest([p.lon, p.lat])}>${say('menu.nearest')}</button>
      </div>
    </div>`
  }

  private category(p: Place): string {
    const english = store.state.lang === 'en' ? categoryOf(p.category)?.name_en : undefined
    return `${english ?? p.category_zh} · ${p.category}`
  }
}

function fields(p: Place): [WordKey, string | null][] {
  const { say } = store
  const unit = say('place.people_unit')
  const figure = (n: number | null): string | null => (n === null ? null : reported(n, say, unit))
  const rows: [WordKey, string | null][] = [
    ['place.township', p.township], ['place.address', p.address], ['place.contact', p.contact], ['place.phone', p.phone],
  ]
  if (p.kind === 'risk') rows.push(['place.people', figure(p.people)])
  else {
    rows.push(['place.status', p.status === null ? null : sayCode(say, 'status_of', p.status)])
    if (p.kind === 'team') rows.push(['place.members', figure(p.members)])
    if (p.kind === 'shelter' || p.capacity !== null) rows.push(['place.capacity', figure(p.capacity)], ['place.occupied', figure(p.occupied)])
  }
  return [...rows, ['place.position', coordinates(p.lon, p.lat)]]
}

const shown = (value: unknown): string =>
  typeof value === 'number' ? count(value) : Array.isArray(value) ? value.join(store.say('app.separator')) : typeof value === 'object' ? JSON.stringify(value) : String(value)

customElements.define('om-place', PlaceCard)
