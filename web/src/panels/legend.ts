/** What a plan's lines, areas and symbols mean on the map; a line's entry shows and hides it. */
import { LitElement, css, html, nothing, type TemplateResult } from 'lit'
import { ROUTES, WIND, ZONES } from '../map/plan-look'
import { downwind } from '../pure/wind'
import { store, Watch } from '../store'
import type { RouteKind } from '../types'
import { both, type WordKey } from '../words'
import { badge, icon, placed, shared } from './parts'

const LINES: readonly RouteKind[] = ['post', 'force', 'medical', 'evacuation', 'supply']
/** Below this the map needs the room; the legend opens when asked. */
const WIDE = 1200

export class Legend extends LitElement {
  static override styles = [shared, css`
    :host { display: block; overflow-y: auto; scrollbar-width: none; }
    .sheet { width: 10.6rem; padding: 0.25rem 0.35rem; }
    .sheet.shut { width: auto; padding: 0; }
    button { width: 100%; border-color: transparent; background: none; padding: 0 0.5rem; justify-content: flex-start; gap: 0.6rem; }
    .title { color: var(--soft); font-size: 0.9rem; min-height: max(2rem, 36px); }
    .shut .title { min-height: var(--touch); }
    .line { min-height: 1.75rem; }
    @media (pointer: coarse) { .line { min-height: 44px; } }
    .line[aria-pressed='false'] { opacity: 0.45; text-decoration: line-through; }
    .key { display: flex; align-items: center; gap: 0.6rem; padding: 0.13rem 0.5rem; font-size: 0.92rem; line-height: 1.25; }
    svg.run, .area, .key .badge, .sign { flex: none; width: 2rem; }
    svg.run { height: 0.9rem; }
    .area { height: 0.95rem; border: 0.13rem solid; border-radius: 0.2rem; position: relative; }
    .area.dashed { border-style: dashed; }
    .area::before { content: ''; position: absolute; inset: 0; background: currentColor; opacity: 0.25; }
    .key .badge { height: 1.4rem; }
    .sign { display: inline-flex; justify-content: center; }
    .sign i { width: 1.15rem; height: 1.15rem; border: 0.1rem solid #fff; border-radius: 0.3rem; color: #fff; font: 700 0.85rem/1 var(--font); display: grid; place-items: center; }
    .sign i.close { border-radius: 50%; }
    hr { border: 0; border-top: 1px solid var(--line); margin: 0.25rem 0.5rem; }
  `]

  private open = window.innerWidth >= WIDE

  constructor() {
    super()
    new Watch(this, ['plan', 'hidden'])
  }

  protected override render(): TemplateResult | typeof nothing {
    const { plan, lang } = store.state
    if (!plan) return nothing
    const { say } = store
    const title = html`<button class="title" aria-expanded=${this.open} @click=${this.turn}>${icon('layers')}<span>${say('legend.title')}</span></button>`
    if (!this.open) return html`<div class="sheet shut">${title}</div>`
    const actions = new Set(plan.traffic_control.map((t) => t.action))
    return html`<div class="sheet">${title}
      ${LINES.filter((kind) => plan.routes.some((r) => r.kind === kind)).map((kind) => this.line(kind))}<hr />
      ${plan.zones.map((z, i) => html`<div class="key"><span class="area ${i ? 'dashed' : ''}" ${placed({ color: ZONES[Math.min(i, ZONES.length - 1)]! })}></span>${both(z, 'name', lang)}</div>`)}
      ${(['close', 'inbound', 'outbound'] as const).filter((a) => actions.has(a)).map((a) => html`<div class="key">${sign(a)}${say(`traffic.${a}` as WordKey)}</div>`)}
      ${downwind(plan.incident) ? html`<div class="key"><svg class="run" viewBox="0 0 32 14"><path d="M2 5h18V1l10 6-10 6V9H2z" fill=${WIND}></path></svg>${say('legend.wind')}</div>` : nothing}<hr />
      <div class="key">${badge('site', 'flag')}${say('route.post')}</div>
      <div class="key">${badge('team', 'flame')}${say('kind.team')}</div>
      <div class="key">${badge('medical', 'cross')}${say('kind.medical')}</div>
      <div class="key">${badge('shelter', 'house')}${say('kind.shelter')}</div></div>`
  }

  private line(kind: RouteKind): TemplateResult {
    const { hidden } = store.state
    const shown = !hidden.has(kind)
    const { colour, width, dash } = ROUTES[kind]
    return html`<button class="line" aria-pressed=${shown} title=${store.say('route.show')} @click=${() => toggleRoute(kind)}>
      <svg class="run" viewBox="0 0 32 14" aria-hidden="true"><path d="M0 7h32" stroke=${colour} stroke-width=${width} stroke-dasharray=${dash.join(' ') || 'none'}></path></svg>
      ${store.say(`route.${kind}` as WordKey)}</button>`
  }

  private readonly turn = (): void => {
    this.open = !this.open
    this.requestUpdate()
  }
}

/** Shows or hides all routes of a kind, with those who drive them. */
export function toggleRoute(kind: RouteKind): void {
  const next = new Set(store.state.hidden)
  if (!next.delete(kind)) next.add(kind)
  store.set({ hidden: next })
}

const SIGNS = { close: ['#d92f3a', '–'], inbound: ['#2f7fe6', '↓'], outbound: ['#1c9d68', '↑'] } as const

const sign = (action: keyof typeof SIGNS): TemplateResult =>
  html`<span class="sign"><i class=${action} ${placed({ background: SIGNS[action][0] })}>${SIGNS[action][1]}</i></span>`

customElements.define('om-legend', Legend)
