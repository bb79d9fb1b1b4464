/** What a closure takes from the city, in the order in which it matters: who is cut off, who waits longer, the way round. */
import { html, nothing, type TemplateResult } from 'lit'
import { count, minutes } from '../pure/format'
import { store } from '../store'
import type { Loss, LossSum } from '../types'
import type { WordKey } from '../words'

const PLACES = ['village', 'town', 'shelter', 'risk'] as const

export function lossView(loss: Loss): TemplateResult {
  const { say } = store
  const { people, places, ways_round, unknowns } = loss
  const sums = PLACES.flatMap((kind) => (places[kind] ? [[kind, places[kind]] as const] : []))
  const who = (key: 'cut_off' | 'uncovered' | 'later'): string => {
    const rows = sums.filter(([, sum]) => sum[key]).map(([kind, sum]) => say(`loss.${kind}` as WordKey, { n: sum[key] }))
    return [people?.[key] ? say('loss.people', { n: count(people[key]) }) : '', ...rows].filter(Boolean).join(say('app.separator'))
  }
  const [cut, uncovered, later] = [who('cut_off'), who('uncovered'), who('later')]
  const told = [
    cut ? html`<p class="bad">${say('loss.cut_off', { what: cut })}</p>` : nothing,
    // Who is cut off has lost every station too; said again only where others have as well.
    uncovered && uncovered !== cut ? html`<p class="bad">${say('loss.uncovered', { what: uncovered })}</p>` : nothing,
    later ? html`<p class="warn">${say('loss.later', { what: later, n: worst(people) })}</p>` : nothing,
  ].filter((line) => line !== nothing)
  const rounds = ways_round.slice(0, 3).map((way) => html`<p class="soft">${way.extra_s === null
    ? say('loss.no_round', { road: way.road || say('route.nameless') })
    : say('loss.round', { road: way.road || say('route.nameless'), n: minutes(way.extra_s) ?? 0 })}</p>`)
  return html`<div class="loss">${told.length ? told : html`<p class="good">${say('loss.nothing')}</p>`}${rounds}
    ${unknowns.map((u) => html`<p class="warn">${store.state.lang === 'en' ? u.detail_en : u.detail_zh}</p>`)}
    ${people ? html`<p class="faint">${say('loss.basis', { n: loss.basis.services, profile: say(`profile.${loss.basis.profile}` as WordKey) })}</p>` : nothing}</div>`
}

const worst = (sum: LossSum | null): string => String(minutes(sum?.worst_s ?? null) ?? store.say('value.unknown'))
