/** Search by name: places, townships, roads. */
import { LitElement, css, html, nothing, type TemplateResult } from 'lit'
import * as api from '../api'
import { openPlace } from '../actions'
import { categoryOf, store, Watch } from '../store'
import type { Found, LonLat } from '../types'
import { sayCode } from '../words'
import { icon, shared, symbol } from './parts'

const PAUSE_MS = 220
/** Long enough for the click that took the focus to choose a line. */
const BLUR_MS = 250

export class SearchBox extends LitElement {
  static override styles = [shared, css`
    :host { position: relative; display: block; }
    .field { position: relative; }
    .field .icon { position: absolute; left: 0.8rem; top: 50%; transform: translateY(-50%); color: var(--faint); }
    input { padding-left: 2.4rem; background: var(--raised); }
    ul { position: absolute; left: 0; right: 0; top: calc(100% + 0.4rem); max-height: 60vh; overflow-y: auto; padding: 0.35rem; z-index: 5; }
    li { display: flex; align-items: center; gap: 0.7rem; padding: 0.3rem 0.6rem; border-radius: var(--radius); min-height: var(--touch); cursor: pointer; }
    li[aria-selected='true'], li:hover { background: var(--raised); }
    .detail { display: block; font-size: 0.84rem; color: var(--soft); }
    .none { cursor: default; color: var(--soft); }
  `]

  /** Where "near" is; set by the page. */
  near: () => LonLat = () => [0, 0]
  /** Shows a place on the map; set by the page. */
  go: (lon: number, lat: number) => void = () => undefined

  private text = ''
  private found: Found[] | null = null
  private chosen = 0
  private timer = 0

  constructor() {
    super()
    new Watch(this, [])
  }

  protected override render(): TemplateResult {
    const { say } = store
    return html`<div class="field">${icon('search')}
        <input type="search" role="combobox" aria-expanded=${this.found !== null} aria-controls="found" aria-label=${say('search.label')}
          placeholder=${say('search.hint')} .value=${this.text} @input=${this.typed} @keydown=${this.key} @blur=${() => setTimeout(() => this.clear(), BLUR_MS)} /></div>
      ${this.found === null ? nothing : html`<ul id="found" role="listbox" class="sheet">
        ${this.found.length ? this.found.map((f, i) => this.item(f, i)) : html`<li class="none">${say('search.none', { q: this.text })}</li>`}
      </ul>`}`
  }

  private item(f: Found, i: number): TemplateResult {
    return html`<li role="option" aria-selected=${i === this.chosen} @click=${() => this.choose(f)}>
      ${f.category ? symbol(f.category, categoryOf(f.category)?.kind) : nothing}
      <div class="grow"><div class="cut">${f.name}</div><span class="detail cut">${[sayCode(store.say, 'search.type', f.type), this.detail(f)].filter(Boolean).join(' · ')}</span></div>
    </li>`
  }

  private detail(f: Found): string {
    return (store.state.lang === 'en' && f.category ? categoryOf(f.category)?.name_en : undefined) ?? f.detail
  }

  private typed(event: Event): void {
    this.text = (event.target as HTMLInputElement).value.trim()
    clearTimeout(this.timer)
    if (!this.text) return this.clear()
    this.timer = window.setTimeout(() => void this.ask(this.text), PAUSE_MS)
  }

  private async ask(text: string): Promise<void> {
    try {
      const found = await api.search(text, this.near())
      if (text !== this.text) return
      this.found = found
      this.chosen = 0
      this.requestUpdate()
    } catch {
      this.clear()
    }
  }

  private key(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.clear()
    else if (event.key === 'Enter' && this.found?.[this.chosen]) this.choose(this.found[this.chosen]!)
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const n = this.found?.length ?? 0
      if (n) this.chosen = (this.chosen + (event.key === 'ArrowDown' ? 1 : n - 1)) % n
      this.requestUpdate()
    }
  }

  private choose(f: Found): void {
    this.clear()
    this.go(f.lon, f.lat)
    if (f.type === 'risk' || f.type === 'resource') void openPlace(f.id)
  }

  private clear(): void {
    this.found = null
    this.requestUpdate()
  }
}
customElements.define('om-search', SearchBox)
