/** Reporting an incident: type, place, and what is known; blank means nobody has said. */
import { LitElement, css, html, nothing, type TemplateResult } from 'lit'
import { report } from '../actions'
import { coordinates } from '../pure/format'
import { store, Watch } from '../store'
import type { EventType, IncidentReport, LonLat } from '../types'
import { sayCode, type Lang, type WordKey } from '../words'
import { icon, shared } from './parts'

const WINDS = [0, 45, 90, 135, 180, 225, 270, 315] as const

export class ReportForm extends LitElement {
  static override styles = [shared, css`
    :host { display: contents; }
    form { display: flex; flex-direction: column; gap: 0.9rem; }
    .two { display: grid; grid-template-columns: 1fr 1fr; gap: 0.8rem; }
    .place { background: var(--raised); border-radius: var(--radius); padding: 0.4rem 0.4rem 0.4rem 0.9rem; }
    .chips { display: grid; grid-template-columns: repeat(2, 1fr); gap: 0.5rem; }
    .chips button { justify-content: flex-start; text-align: left; line-height: 1.2; padding: 0.3rem 0.8rem; }
    .chips button[aria-pressed='true'] { border-color: var(--accent); background: color-mix(in srgb, var(--accent) 24%, var(--raised)); font-weight: 700; }
    .chips { padding-top: 0.3rem; }
    .foot { position: sticky; bottom: -0.9rem; margin: 0 -1.1rem -0.9rem; padding: 0.7rem 1.1rem 0.9rem; background: var(--panel); border-top: 1px solid var(--line); display: grid; }
    .submit { min-height: 3.4rem; font-size: 1.1rem; }
  `]

  private type = ''
  private sending = false

  constructor() {
    super()
    new Watch(this, ['panel', 'eventTypes', 'planning'])
  }

  protected override render(): TemplateResult | typeof nothing {
    const { panel, eventTypes, planning, lang } = store.state
    if (panel?.view !== 'report') return nothing
    const { say } = store
    const ready = quick(eventTypes)
    const [lon, lat] = panel.at
    return html`<div class="body"><form @submit=${(e: SubmitEvent) => this.submit(e, panel.id, panel.at)}>
      <div class="row place"><div class="grow"><div class="faint">${say('report.where')}</div><div class="num">${coordinates(lon, lat)}</div></div>
        <button type="button" @click=${() => store.set({ pick: { what: 'incident' } })}>${say('report.move')}</button></div>
      <div><div class="faint">${say('report.common')}</div>
        <div class="chips">${ready.map((t) => html`<button type="button" aria-pressed=${t.code === this.type} @click=${() => this.pickType(t.code)}>${this.named(t)}</button>`)}</div></div>
      <label><span>${say('report.type')}</span>
        <select name="event_type" required @change=${(e: Event) => this.pickType((e.target as HTMLSelectElement).value)}>
          <option value="" ?selected=${!this.type}>${say('report.choose')}</option>
          ${groups(eventTypes, lang).map(([name, types]) => html`<optgroup label=${name}>${types.map((t) => html`<option value=${t.code} ?selected=${t.code === this.type}>${this.named(t)}</option>`)}</optgroup>`)}
        </select></label>
      <label><span>${say('report.name')}</span><input name="title" maxlength="120" placeholder=${say('report.name_hint')} /></label>
      <div class="two">
        ${this.figure('casualties', 'report.casualties')}${this.figure('trapped', 'report.trapped')}
        <label><span>${say('report.wind')}</span><select name="wind_from_deg"><option value="">${say('report.wind_unknown')}</option>
          ${WINDS.map((d) => html`<option value=${d}>${say(`wind.${d}` as WordKey)}</option>`)}</select></label>
        <label><span>${say('report.wind_speed')}</span><input name="wind_mps" type="number" min="0" max="80" step="0.1" inputmode="decimal" placeholder=${say('report.blank')} /></label>
      </div>
      <div class="foot"><button class="danger submit" ?disabled=${this.sending || !this.type}>${icon('alert')}
        ${planning ? say('report.planning') : this.sending ? say('report.sending') : say('report.submit')}</button></div>
    </form></div>`
  }

  private figure(name: string, word: WordKey): TemplateResult {
    return html`<label><span>${store.say(word)}</span><input name=${name} type="number" min="0" max="1000000" step="1" inputmode="numeric" placeholder=${store.say('report.blank')} /></label>`
  }

  private named(t: EventType): string {
    return store.state.lang === 'en' ? t.name_en : t.name_zh
  }

  private pickType(code: string): void {
    this.type = code
    this.requestUpdate()
  }

  private async submit(event: SubmitEvent, id: string, at: LonLat): Promise<void> {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    const incident: IncidentReport = { id, event_type: this.type, lon: at[0], lat: at[1] }
    const title = String(data.get('title') ?? '').trim()
    if (title) incident.title = title
    for (const key of ['casualties', 'trapped', 'wind_from_deg', 'wind_mps'] as const) {
      const value = data.get(key)
      // Blank stays out of the report: nobody has said, which is not 0.
      if (value !== null && value !== '') incident[key] = Number(value)
    }
    this.sending = true
    this.requestUpdate()
    const done = await report(incident)
    this.sending = false
    if (done) this.type = ''
    this.requestUpdate()
  }
}

/** One type of each playbook, for a report in two taps; the list below holds them all. */
const QUICK = ['12B01', '12E04', '11D01', '11B01', '11G01', '11A03', '12G06', '12F01'] as const

function quick(types: readonly EventType[]): EventType[] {
  const found = QUICK.flatMap((code) => types.filter((t) => t.code === code && t.playbook))
  return found.length ? found : types.filter((t) => t.playbook).slice(0, QUICK.length)
}

/** Types by class and subtype, those with a playbook first in each. */
function groups(types: readonly EventType[], lang: Lang): [string, EventType[]][] {
  // The catalogue names classes and subtypes in Chinese; in English its four classes must do.
  const named = (t: EventType): string => (lang === 'en' ? sayCode(store.say, 'class', t.code.slice(0, 2)) : `${t.class_zh} · ${t.subtype_zh}`)
  const by = new Map<string, EventType[]>()
  for (const t of types) by.set(named(t), [...(by.get(named(t)) ?? []), t])
  for (const list of by.values()) list.sort((a, b) => Number(b.playbook) - Number(a.playbook))
  return [...by].sort((a, b) => Number(b[1].some((t) => t.playbook)) - Number(a[1].some((t) => t.playbook)))
}
customElements.define('om-report', ReportForm)
