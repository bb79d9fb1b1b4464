/** The 30-minute plan: verdict, clock, what is unknown, what changed, then each section. */
import { LitElement, html, nothing, type TemplateResult } from 'lit'
import { plan as planAgain } from '../actions'
import { snapshotPath } from '../api'
import { clockSince, count, reported } from '../pure/format'
import { windWords } from '../pure/wind'
import { store, Watch } from '../store'
import type { FeasibleState, Plan, Unknown } from '../types'
import { both, type WordKey } from '../words'
import type { Icon } from '../icons'
import { icon, shared } from './parts'
import { evacuation, exposed, forces, gaps, medical, organisation, posts, sources, supplies, traffic } from './plan-sections'
import { planStyles } from './plan-styles'
import { changeWords, ready } from './plan-words'
import './timeline'

const VERDICTS: Record<FeasibleState, { icon: Icon; tone: string }> = {
  on_time: { icon: 'check', tone: 'good' },
  at_risk: { icon: 'alert', tone: 'warn' },
  cannot: { icon: 'stop', tone: 'bad' },
}
/** What fits the first screen; the rest opens. */
const FIRST_UNKNOWNS = 4

const CHIPS: readonly (readonly [string, WordKey])[] = [
  ['post', 'section.post'], ['forces', 'section.forces'], ['medical', 'section.medical'], ['evacuation', 'section.evacuation'],
  ['traffic', 'section.traffic'], ['supplies', 'section.supplies'], ['timeline', 'section.timeline'], ['gaps', 'section.gaps'],
  ['organisation', 'section.organisation'], ['exposed', 'section.exposed'], ['sources', 'section.sources'],
]

export class PlanPanel extends LitElement {
  static override styles = [shared, planStyles]

  constructor() {
    super()
    new Watch(this, ['plan', 'changes', 'bright', 'hidden', 'planning', 'now_ms'])
  }

  protected override render(): TemplateResult | typeof nothing {
    const { plan, planning, now_ms } = store.state
    if (!plan) return nothing
    const { say } = store
    return html`${this.top(plan, now_ms)}
      <nav>${CHIPS.map(([id, word]) => html`<button @click=${() => this.renderRoot.querySelector(`#${id}`)?.scrollIntoView({ behavior: 'smooth' })}>${say(word)}</button>`)}</nav>
      <div class="body">
        ${this.changed()}${this.unknown(plan)}
        ${posts(plan)}${forces(plan)}${medical(plan)}${evacuation(plan)}${traffic(plan)}${supplies(plan)}
        <section id="timeline"><header><h3>${say('section.timeline')}</h3></header><om-timeline></om-timeline></section>
        ${gaps(plan)}${organisation(plan)}${exposed(plan)}${sources(plan, now_ms)}
      </div>
      <div class="actions"><button class="grow" ?disabled=${planning} @click=${() => planAgain(plan.incident.id)}>${icon('again')}${say(planning ? 'report.planning' : 'plan.again')}</button>
        <a class="button" target="_blank" rel="noopener" href=${snapshotPath(plan.incident.id)}>${say('plan.snapshot')}</a></div>`
  }

  private top(plan: Plan, now_ms: number): TemplateResult {
    const { say } = store
    const { lang } = store.state
    const { feasible, incident } = plan
    const verdict = VERDICTS[feasible.state]
    const type = lang === 'en' ? incident.event_type_en : incident.event_type_zh
    const short = plan.forces.reduce((sum, f) => sum + Math.max(0, f.short), 0)
    const overflow = plan.evacuation.overflow
    return html`<div class="top">
      <div class="verdict ${verdict.tone}" role="status">${icon(verdict.icon)}<span>${say(`plan.${feasible.state}` as WordKey)}</span><span class="clock num">${clockSince(incident.reported_at, now_ms)}</span></div>
      <div class="what">${incident.title || type}</div>
      <div class="faint">${[incident.title ? type : '', incident.township, say('plan.version', { n: plan.version }), say('plan.limit', { n: Math.round(feasible.limit_s / 60) })].filter(Boolean).join(' · ')}</div>
      <div class="facts">${[say('incident.casualties', { n: reported(incident.casualties, say) }), say('incident.trapped', { n: reported(incident.trapped, say) }), windWords(incident, say)].join(' · ')}</div>
      <div class="tiles">
        ${this.tile('plan.first_force', ready(feasible.first_force_s, say), '')}
        ${this.tile('plan.post_ready', ready(feasible.post_ready_s, say), feasible.post_ready_s === null || feasible.post_ready_s > feasible.limit_s ? 'bad' : '')}
        ${overflow ? this.tile('plan.unplaced', count(overflow), 'bad') : this.tile('plan.to_move', plan.evacuation.people === null ? say('value.unknown') : count(plan.evacuation.people), '')}
        ${this.tile('plan.short', count(short), short ? 'bad' : 'good')}
      </div>
      ${feasible.fails.length ? html`<ul class="fails">${feasible.fails.map((f) => html`<li class=${verdict.tone}>${icon('clock')} <span>${both(f, 'reason', lang)}</span></li>`)}</ul>` : nothing}
    </div>`
  }

  private tile(word: WordKey, value: string, tone: string): TemplateResult {
    return html`<div class="tile"><b class=${tone}>${value}</b><span>${store.say(word)}</span></div>`
  }

  private changed(): TemplateResult | typeof nothing {
    const { changes } = store.state
    if (!changes) return nothing
    const { say } = store
    return html`<div class="note changes" id="changes"><b>${icon('swap')}${say('plan.changed', { n: changes.version })}</b>
      <ul>${changes.list.length ? changes.list.slice(0, 12).map((c) => {
        const { tone, text } = changeWords(c, say, store.state.lang)
        return html`<li><span class=${tone}>${icon(tone === 'bad' ? 'stop' : tone === 'good' ? 'check' : 'swap')}</span><span>${text}</span></li>`
      }) : html`<li>${say('plan.unchanged')}</li>`}</ul></div>`
  }

  private unknown(plan: Plan): TemplateResult {
    const { say } = store
    const { lang } = store.state
    const told = (u: Unknown): TemplateResult => html`<li title=${u.subjects.join(say('app.separator'))}><span class="two-lines">${both(u, 'detail', lang)}</span></li>`
    if (!plan.unknowns.length) return html`<p class="faint">${say('plan.no_unknowns')}</p>`
    return html`<div class="note warn" id="unknowns"><b>${icon('question')}${say('plan.unknowns', { n: plan.unknowns.length })}</b>
      <ul>${plan.unknowns.slice(0, FIRST_UNKNOWNS).map(told)}</ul>
      ${plan.unknowns.length > FIRST_UNKNOWNS ? html`<details><summary>${say('plan.more', { n: plan.unknowns.length - FIRST_UNKNOWNS })}</summary><ul>${plan.unknowns.slice(FIRST_UNKNOWNS).map(told)}</ul></details>` : nothing}</div>`
  }
}
customElements.define('om-plan', PlanPanel)
