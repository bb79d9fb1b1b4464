/** The page's shell: top bar, rail, drawer, panel, dock, notices, and what to do with a click. */
import { LitElement, html, nothing, type TemplateResult } from 'lit'
import type * as L from 'leaflet'
import { closePlan, dismiss, findNearest, pickGoal, showReach, speak, startReport } from '../actions'
import type { Icon } from '../icons'
import type { MapView } from '../map/map-view'
import { age, clock, count, day, updated } from '../pure/format'
import { polygon } from '../pure/geometry'
import { store, Watch, type Drawer } from '../store'
import type { LonLat } from '../types'
import type { WordKey } from '../words'
import { appStyles } from './app-styles'
import { icon, placed, shared } from './parts'
import './search-box'

const DRAWERS: readonly (readonly [Drawer, Icon, WordKey, WordKey])[] = [
  ['layers', 'layers', 'rail.layers', 'layers.title'],
  ['incidents', 'alert', 'rail.incidents', 'incidents.title'],
  ['closures', 'closed', 'rail.closures', 'closures.title'],
  ['coverage', 'cover', 'rail.coverage', 'coverage.title'],
  ['roads', 'road', 'rail.roads', 'roads.title'],
]
const TITLES: Record<string, WordKey> = { plan: 'plan.title', report: 'report.title', nearest: 'nearest.title', reach: 'reach.title', route: 'route.title' }

export class App extends LitElement {
  static override styles = [shared, appStyles]

  /** Set once by the page. */
  view: MapView | null = null
  private menu: { at: LonLat; x: number; y: number } | null = null

  constructor() {
    super()
    new Watch(this, ['style', 'now_ms', 'health', 'lost', 'area', 'drawer', 'panel', 'pick', 'plan', 'notices', 'incidents', 'closures'])
  }

  /** Opens the menu of a place on the map. */
  openMenu(at: LonLat, point: L.Point): void {
    this.menu = { at, x: point.x, y: point.y }
    this.requestUpdate()
  }

  closeMenu(): void {
    if (!this.menu) return
    this.menu = null
    this.requestUpdate()
  }

  protected override render(): TemplateResult {
    const { health, area, pick } = store.state
    const synthetic = health?.synthetic || area?.synthetic
    return html`
      ${synthetic ? this.watermark() : nothing}
      ${this.top(Boolean(synthetic))}${this.rail()}${this.drawer()}${this.panel()}${this.legend()}${this.dock()}
      ${pick ? this.picking() : nothing}${this.status()}${this.zoom()}${this.notices()}${this.menu ? this.menuSheet(this.menu) : nothing}`
  }

  private watermark(): TemplateResult {
    return html`<div class="watermark" aria-hidden="true">${Array.from({ length: 12 }, () => html`<span>${store.say('app.synthetic')}</span>`)}</div>`
  }

  private top(synthetic: boolean): TemplateResult {
    const { say } = store
    const { area, lost, lang, style, now_ms, seen_ms, health } = store.state
    return html`<header class="top">
      <div class="brand"><b>${say('app.title')}</b>${area ? html`<span>${area.name.replace(/\s*[((][^()()]*[))]$/, '')}</span>` : nothing}</div>
      ${synthetic ? html`<span class="synthetic" title=${say('app.synthetic_note')}>${say('app.synthetic')}</span>` : nothing}
      <om-search .near=${() => this.view?.centre() ?? [0, 0]} .go=${(lon: number, lat: number) => this.view?.goTo(lon, lat)}></om-search>
      <div class="grow"></div>
      ${lost ? html`<div class="link lost" role="alert">${icon('stop')}<div><b>${say('link.lost')}</b><div>${seen_ms ? say('link.stale', { at: clock(seen_ms), age: age(new Date(seen_ms).toISOString(), now_ms, say) }) : say('link.no_answer')}</div></div></div>`
        : html`<div class="link"><i></i>${say('link.live')}</div>`}
      <button class="bare switch" @click=${() => store.set({ style: style === 'dark' ? 'light' : 'dark' })}>${say(style === 'dark' ? 'app.style_light' : 'app.style_dark')}</button>
      <button class="bare switch" id="language" @click=${() => void speak(lang === 'en' ? 'zh-CN' : 'en')}>${say('app.switch_language')}</button>
      <div class="time num">${health ? html`<b>${clock(now_ms)}</b><span>${health.clock === 'demo' ? html`<em>${say('app.demo_clock')}</em> ` : nothing}${day(now_ms, lang)}</span>` : html`<b>--:--:--</b>`}</div>
    </header>`
  }

  private rail(): TemplateResult {
    const { say } = store
    const { drawer, incidents, closures } = store.state
    const many: Partial<Record<Drawer, number>> = { incidents: incidents.length, closures: closures.length }
    return html`<nav class="rail">
      <button class="danger" id="report" title=${say('rail.report')} @click=${() => store.set({ pick: { what: 'incident' }, drawer: null })}>${icon('alert')}<span>${say('rail.report_short')}</span></button>
      ${DRAWERS.map(([name, sign, word]) => html`<button id=${`open-${name}`} aria-pressed=${drawer === name} @click=${() => store.set({ drawer: drawer === name ? null : name })}>
        ${icon(sign)}<span>${say(word)}</span>${many[name] ? html`<em class="num">${many[name]}</em>` : nothing}</button>`)}
    </nav>`
  }

  private drawer(): TemplateResult | typeof nothing {
    const { drawer, pick } = store.state
    const found = DRAWERS.find(([name]) => name === drawer)
    if (!found) return nothing
    const body = { layers: html`<om-layers></om-layers>`, incidents: html`<om-incidents></om-incidents>`, closures: html`<om-closures></om-closures>`, coverage: html`<om-coverage></om-coverage>`, roads: html`<om-roads></om-roads>` }[found[0]]
    return html`<aside class="drawer sheet ${pick ? 'stepped-aside' : ''}">${this.head(store.say(found[3]), () => store.set({ drawer: null }))}${body}</aside>`
  }

  private panel(): TemplateResult | typeof nothing {
    const { panel, pick } = store.state
    if (!panel) return nothing
    const { say } = store
    const title = panel.view === 'place' ? say(panel.place.kind === 'risk' ? 'place.title_risk' : 'place.title_resource') : say(TITLES[panel.view]!)
    const body = { plan: html`<om-plan></om-plan>`, place: html`<om-place></om-place>`, report: html`<om-report></om-report>`, nearest: html`<om-nearest></om-nearest>`, reach: html`<om-reach></om-reach>`, route: html`<om-route></om-route>` }[panel.view]
    return html`<aside class="panel sheet ${panel.view} ${pick ? 'stepped-aside' : ''}">${this.head(title, () => this.closePanel())}${body}</aside>`
  }

  /** Closing a card over a plan goes back to the plan. */
  private closePanel(): void {
    const { panel, plan } = store.state
    if (panel?.view === 'plan') closePlan()
    else store.set({ panel: plan ? { view: 'plan' } : null, isochrones: [] })
  }

  private head(title: string, close: () => void): TemplateResult {
    return html`<div class="head"><h2 class="grow cut">${title}</h2><button class="bare" aria-label=${store.say('app.close')} @click=${close}>${icon('close')}</button></div>`
  }

  /** The minute table along the foot of a wide screen; narrow screens have it in the panel. */
  private dock(): TemplateResult | typeof nothing {
    const { plan, panel, drawer } = store.state
    if (!plan || panel?.view !== 'plan') return nothing
    return html`<div class="dock sheet ${drawer ? 'beside' : ''}"><om-timeline brief></om-timeline></div>`
  }

  private legend(): TemplateResult | typeof nothing {
    const { plan, panel, drawer } = store.state
    return plan && panel?.view === 'plan' && !drawer ? html`<om-legend class="legend"></om-legend>` : nothing
  }

  private picking(): TemplateResult {
    const { say } = store
    const { pick } = store.state
    const corners = pick?.what === 'polygon' ? pick.corners : []
    const drawn = polygon(corners)
    return html`<div class="picking sheet" role="status">${icon(pick?.what === 'incident' ? 'alert' : pick?.what === 'goal' ? 'swap' : 'closed')}<span>${say(`pick.${pick!.what}` as WordKey)}</span>
      ${pick?.what === 'polygon' ? html`
        <button ?disabled=${!corners.length} @click=${() => store.set({ pick: { what: 'polygon', corners: corners.slice(0, -1) } })}>${say('pick.undo')}</button>
        <button class="primary" id="done" ?disabled=${!drawn} @click=${() => store.set({ pick: null, draft: drawn, drawer: 'closures' })}>${say('pick.done')}</button>` : nothing}
      <button @click=${() => store.set({ pick: null })}>${say('app.cancel')}</button></div>`
  }

  private status(): TemplateResult {
    const { say } = store
    const { health, now_ms } = store.state
    if (!health) return html`<footer class="status"></footer>`
    const { roads, datasets } = health
    const places = datasets.filter((d) => d.kind === undefined || d.kind === 'places')
    const rows = places.reduce((sum, d) => sum + (d.rows ?? 0), 0)
    const dates = places.map((d) => d.updated_at).filter((d): d is string => d !== null).sort()
    return html`<footer class="status num">
      <span class=${roads ? '' : 'bad'}>${roads ? say('status.roads', { km: count(Math.round(roads.km)), updated: updated(roads.updated_at, now_ms, say) }) : say('status.no_roads')}</span>
      <span>${say('status.data', { n: count(rows), updated: updated(dates[0], now_ms, say) })}</span></footer>`
  }

  private zoom(): TemplateResult {
    const button = (word: WordKey, sign: Icon, act: () => void): TemplateResult => html`<button aria-label=${store.say(word)} title=${store.say(word)} @click=${act}>${icon(sign)}</button>`
    return html`<div class="zoom">${button('map.in', 'plus', () => this.view?.zoom(1))}${button('map.out', 'minus', () => this.view?.zoom(-1))}${button('map.home', 'home', () => this.view?.home())}</div>`
  }

  private notices(): TemplateResult {
    return html`<div class="notices">${store.state.notices.map((n) => html`<div class="notice sheet ${n.tone}" role=${n.tone === 'bad' ? 'alert' : 'status'}>${icon(n.tone === 'bad' ? 'alert' : 'check')}
      <div class="grow"><b>${n.text}</b>${n.remedy ? html`<div>${n.remedy}</div>` : nothing}</div><button class="bare" aria-label=${store.say('app.close')} @click=${() => dismiss(n.id)}>${icon('close')}</button></div>`)}</div>`
  }

  private menuSheet({ at, x, y }: { at: LonLat; x: number; y: number }): TemplateResult {
    const entry = (word: WordKey, sign: Icon, act: () => void): TemplateResult =>
      html`<button role="menuitem" @click=${() => { this.closeMenu(); act() }}>${icon(sign)}${store.say(word)}</button>`
    const left = Math.min(x, window.innerWidth - 300)
    const top = Math.min(y, window.innerHeight - 260)
    return html`<div class="menu sheet" role="menu" ${placed({ left: `${left}px`, top: `${top}px` })}>
      ${entry('menu.report', 'alert', () => startReport(at))}
      ${entry('menu.nearest', 'search', () => void findNearest(at))}
      ${entry('menu.reach', 'clock', () => void showReach(at))}
      ${entry('menu.route', 'swap', () => pickGoal(at))}
      ${entry('menu.close_road', 'closed', () => this.view?.closeRoad(at))}</div>`
  }
}
customElements.define('om-app', App)
