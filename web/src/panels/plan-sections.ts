/** The sections of a plan, each a function from the plan to what is shown. */
import { html, nothing, type TemplateResult } from 'lit'
import { openPlace } from '../actions'
import { basis } from '../pure/basis'
import { age, count, distance, minSec, minutes, reported, updated } from '../pure/format'
import { ROUTES } from '../map/plan-look'
import { store } from '../store'
import type { Assigned, ControlPoint, Exposed, Force, Plan, PlanRoute, Post, RouteKind, Supply } from '../types'
import { both, sayCode, type WordKey } from '../words'
import { toggleRoute } from './legend'
import { badge, icon, placed, symbol } from './parts'
import { ready, viaWords, whyWords } from './plan-words'

type Part = TemplateResult | typeof nothing

const tr = (value: object, name: string): string => both(value, name, store.state.lang)

/** Brings a route forward while a row is pointed at or tapped. */
const lit = (route: string | null): { over: () => void; out: () => void } => ({
  // Only a pointer that moves means it: a panel may open under one that rests.
  over: () => { if (store.state.bright !== route) store.set({ bright: route }) },
  out: () => store.set({ bright: null }),
})

function item(route: string | null, lead: Part, name: string, detail: Part | string, end: Part, note: Part = nothing): TemplateResult {
  const { over, out } = lit(route)
  const bright = route !== null && store.state.bright === route
  return html`<div class="item ${bright ? 'bright' : ''}" role="button" tabindex="0" @mousemove=${over} @mouseleave=${out} @focus=${over} @blur=${out} @click=${over}>
    ${lead}<div class="grow"><div class="named"><span class="name" title=${name}>${name}</span>${note}</div><div class="faint">${detail}</div></div>${end}</div>`
}

/** What a section rests on and how old that is: "地点 3 分钟前 · 道路 12 天前". */
function rests(plan: Plan, ...kinds: string[]): Part {
  const { say } = store
  const told = basis(plan.sources, kinds)
  if (!told.length) return nothing
  const names = [...new Set(plan.sources.filter((s) => s.kind && kinds.includes(s.kind)).map((s) => s.title ?? s.source))]
  return html`<p class="rests" title=${names.join(say('app.separator'))}>${say('sources.basis')} ${told.map((b) => `${sayCode(say, 'dataset', b.kind)} ${age(b.updated_at, store.state.now_ms, say)}`).join(' · ')}</p>`
}

/** How old the entry of one place or team is. */
const aged = (source: string, updated_at: string | null): TemplateResult => {
  const { say } = store
  return html`<span class="age" title=${`${say('place.source')}: ${source} · ${updated(updated_at, store.state.now_ms, say)}`}>${age(updated_at, store.state.now_ms, say)}</span>`
}

const eta = (seconds: number | null): TemplateResult =>
  seconds === null ? html`<span class="faint">${store.say('value.unknown')}</span>` : html`<span class="eta">${minutes(seconds)}<small> ${store.say('plan.minutes')}</small></span>`

export function section(id: string, title: WordKey, body: Part | Part[], kind?: RouteKind, extra: Part = nothing): TemplateResult {
  return html`<section id=${id}><header><h3>${store.say(title)}</h3>${extra}${kind ? eye(kind) : nothing}</header>${body}</section>`
}

function eye(kind: RouteKind): TemplateResult {
  const { hidden } = store.state
  const shown = !hidden.has(kind)
  return html`<button class="eye" aria-pressed=${shown} @click=${() => toggleRoute(kind)}><span class="swatch" ${placed({ background: ROUTES[kind].colour, opacity: shown ? '1' : '0.25' })}></span>${store.say('route.show')}</button>`
}

export function posts(plan: Plan): TemplateResult {
  const { say } = store
  const { primary, alternate, excluded } = plan.forward_command_post
  const trigger = tr(plan.forward_command_post, 'move_trigger')
  return section('post', 'section.post', html`${rests(plan, 'places', 'roads')}
    ${primary ? post(primary, 'post.primary', true) : html`<p class="bad">${say('post.none')}</p>`}
    ${alternate ? post(alternate, 'post.alternate', false) : nothing}
    ${trigger ? html`<p class="faint">${say('post.move')}: ${trigger}</p>` : nothing}
    ${excluded.length ? html`<details><summary class="faint">${say('post.excluded')} ${excluded.length}</summary>
      ${excluded.slice(0, 20).map((e) => html`<p class="faint">${e.name} — ${tr(e, 'reason')}</p>`)}</details>` : nothing}`, 'post')
}

function post(p: Post, rank: WordKey, scores: boolean): TemplateResult {
  const { say } = store
  const { over, out } = lit(p.route)
  return html`<div class="post ${p.route && store.state.bright === p.route ? 'bright' : ''}" tabindex="0" @mousemove=${over} @mouseleave=${out} @click=${over}>
    <div class="line">${badge('site', 'flag')}<div class="grow"><span class="tag soft">${say(rank)}</span> <b>${p.name}</b></div>
      <span class="eta">${ready(p.ready_s, say)}<small> ${say('post.ready')}</small></span></div>
    <div class="faint">${say('post.score', { n: Math.round(p.score) })}${p.squad ? html` · ${say('post.squad', { name: p.squad.name })}` : nothing}${p.ways_out === null ? nothing : html` · ${say('post.ways_out', { n: p.ways_out })}`}</div>
    ${tr(p, 'relaxed') ? html`<div class="warn">${icon('alert')} ${tr(p, 'relaxed')}</div>` : nothing}
    ${scores ? html`<div class="scores">${p.scores.map((s) => html`<span>${tr(s, 'criterion')}</span><meter min="0" max=${s.max} .value=${s.points}></meter>
      <span class="num right">${Math.round(s.points)}/${Math.round(s.max)}</span><span class="why">${tr(s, 'reason')} <span class="mark">${s.mark}</span></span>`)}</div>` : nothing}</div>`
}

export function forces(plan: Plan): TemplateResult {
  const routes = new Map(plan.routes.map((r) => [r.id, r]))
  return section('forces', 'section.forces', plan.forces.length ? html`${rests(plan, 'roads')}${plan.forces.map((f) => force(f, routes))}` : html`<p class="empty">${store.say('force.none')}</p>`, 'force')
}

function force(f: Force, routes: Map<string, PlanRoute>): TemplateResult {
  const { say } = store
  return html`<div class="cap"><span class="grow">${tr(f, 'capability')}</span><span class="faint num">${say('force.needed', { n: f.needed })} · ${say('force.assigned', { n: f.assigned.length })}</span>
      ${f.short > 0 ? html`<span class="tag bad">${say('force.short', { n: f.short })}</span>` : nothing}</div>
    ${f.assigned.map((a) => team(a, routes.get(a.route ?? '')))}
    ${missing(f)}`
}

/** Who cannot come and why; the first few, since an island's whole roster may be among them. */
function missing(f: Force): Part {
  const { say } = store
  const away = f.unavailable ?? []
  if (!f.unreachable.length && !away.length) return nothing
  return html`${f.unreachable.slice(0, 3).map((u) => html`<div class="item">${icon(u.why === 'unreachable' ? 'closed' : 'question')}<div class="grow"><div class="name">${u.name}</div><div class="faint">${say(u.why === 'unreachable' ? 'why.unreachable_note' : 'why.no_road_data_note')}</div></div>
      <span class="tag ${u.why === 'unreachable' ? 'bad' : 'warn'}">${whyWords(u.why, say)}</span></div>`)}
    ${f.unreachable.length > 3 ? html`<p class="faint">${say('force.more_unreachable', { n: f.unreachable.length - 3 })}</p>` : nothing}
    ${away.length ? html`<p class="faint">${say('force.away', { names: away.slice(0, 3).map((u) => say('force.away_one', { name: u.name, status: u.status ? sayCode(say, 'status_of', u.status) : say('value.unreported') })).join(say('app.separator')) })}${away.length > 3 ? ` +${away.length - 3}` : ''}</p>` : nothing}`
}

function team(a: Assigned, route: PlanRoute | undefined): TemplateResult {
  const { say } = store
  const detail = [distance(a.distance_m), viaWords(route, say), a.authority === 'request' ? tr(a, 'channel') : a.phone].filter(Boolean).join(' · ')
  return item(a.route, symbol(a.category, a.kind), a.name, detail, html`
    <span class="tag ${a.authority}">${say(a.authority === 'order' ? 'force.order' : 'force.request')}</span>${eta(a.eta_s)}`, aged(a.source, a.updated_at))
}

export function medical(plan: Plan): TemplateResult {
  const { say } = store
  const { hospitals } = plan.medical
  return section('medical', 'section.medical', hospitals.length ? html`${rests(plan, 'places', 'roads')}${hospitals.map((h) => item(h.route, symbol(h.category, 'site'), h.name,
    [say('medical.beds', { n: reported(h.beds, say) }), distance(h.distance_m), h.phone].filter(Boolean).join(' · '), eta(h.road_s)))}`
    : html`<p class="empty">${say('medical.none')}</p>`, 'medical')
}

export function evacuation(plan: Plan): TemplateResult {
  const { say } = store
  const e = plan.evacuation
  const unknown = say('value.unknown')
  const people = (n: number | null): string => (n === null ? unknown : count(n))
  return section('evacuation', 'section.evacuation', html`${rests(plan, 'people', 'places', 'roads')}
    ${plan.zones.map((z) => html`<div class="row"><span class="grow">${tr(z, 'name')} <span class="faint">${z.radius_m === null ? '' : say('zone.radius', { d: distance(z.radius_m) ?? '' })} <span class="mark">${z.mark}</span></span></span>
      <span class="num">${say('zone.people', { day: people(z.people_day), night: people(z.people_night) })}</span></div>`)}
    <p class="cap">${say('evacuation.sum', { people: people(e.people), assigned: people(e.assigned) })}${e.clearance_s === null ? nothing : html`<span class="faint">${say('evacuation.clear', { t: minSec(e.clearance_s) ?? '' })}</span>`}</p>
    ${e.overflow ? html`<p class="bad">${icon('alert')} ${say('evacuation.overflow', { n: count(e.overflow) })} ${tr(e, 'overflow_why')}</p>` : nothing}
    ${e.shelters.length ? e.shelters.map((s) => item(s.route, badge('shelter', 'house'), s.name,
      [say('evacuation.assigned', { n: count(s.assigned) }), say('evacuation.free', { n: reported(s.free, say) }), say(s.mode === 'bus' ? 'evacuation.bus' : 'evacuation.foot'), distance(s.distance_m)].filter(Boolean).join(' · '), eta(s.road_s)))
      : html`<p class="empty">${say('evacuation.none')}</p>`}`, 'evacuation')
}

export function traffic(plan: Plan): TemplateResult {
  const { say } = store
  const points = grouped(plan.traffic_control)
  const tone = { close: 'bad', inbound: 'order', outbound: 'good' }
  return section('traffic', 'section.traffic', points.length ? html`${rests(plan, 'roads')}${points.map(({ point: t, n }) => html`<div class="item"><span class="tag ${tone[t.action]}">${say(`traffic.${t.action}` as WordKey)}</span>
    <div class="grow"><div class="name">${t.road || say('force.unnamed')}${n > 1 ? html` <span class="soft num">× ${n}</span>` : nothing}</div><div class="faint">${tr(t, 'reason')}</div></div></div>`)}` : html`<p class="empty">${say('traffic.none')}</p>`)
}

/** Points of one road with one task are one line. */
function grouped(points: Plan['traffic_control']): { point: ControlPoint; n: number }[] {
  const found = new Map<string, { point: ControlPoint; n: number }>()
  for (const point of points) {
    const key = `${point.action} ${point.road} ${point.reason_zh}`
    const one = found.get(key)
    if (one) one.n++
    else found.set(key, { point, n: 1 })
  }
  return [...found.values()]
}

export function supplies(plan: Plan): TemplateResult {
  const { say } = store
  const unit = (s: Supply): string => sayCode(say, 'unit', s.unit)
  return section('supplies', 'section.supplies', plan.supplies.length ? html`${rests(plan, 'places', 'roads')}${plan.supplies.map((s) => html`<div class="cap">${symbol(s.category, 'stock')}<span class="grow">${tr(s, 'name')}</span>
      <span class="faint num">${say('supply.needed', { n: count(s.needed), unit: unit(s) })}</span>${s.short > 0 ? html`<span class="tag bad num">${say('supply.short', { n: count(s.short), unit: unit(s) })}</span>` : nothing}</div>
    ${s.assigned.map((a) => item(a.route, nothing, a.name, `${count(a.quantity)} ${unit(s)}`, eta(a.eta_s)))}`)}` : html`<p class="empty">${say('supply.none')}</p>`, 'supply')
}

export function gaps(plan: Plan): TemplateResult {
  const { say } = store
  const at = [...new Set(plan.gaps.map((g) => g.minute))].sort((a, b) => a - b)
  const rows = new Map<string, Map<number, Plan['gaps'][number]>>()
  for (const g of plan.gaps) {
    const name = tr(g, 'capability')
    rows.set(name, (rows.get(name) ?? new Map()).set(g.minute, g))
  }
  if (!rows.size) return section('gaps', 'section.gaps', html`<p class="good">${icon('check')} ${say('gap.none')}</p>`)
  return section('gaps', 'section.gaps', html`<table class="gaps"><thead><tr><th>${say('gap.capability')}</th>${at.map((n) => html`<th class="right num">${say('gap.at', { n })}</th>`)}</tr></thead>
    <tbody>${[...rows].map(([name, row]) => html`<tr><td>${name}</td>${at.map((n) => {
      const g = row.get(n)
      return html`<td class="right num ${g && g.short > 0 ? 'short' : ''}">${g ? html`${say('gap.cell', { arrived: g.arrived, needed: g.needed })}${g.short > 0 ? html` ${say('gap.short', { n: g.short })}` : nothing}` : ''}</td>`
    })}</tr>`)}</tbody></table>`)
}

export function exposed(plan: Plan): TemplateResult {
  const { say } = store
  const group = (title: WordKey, list: Exposed[]): Part => (list.length ? html`<div class="cap">${say(title)} <span class="faint num">${list.length}</span></div>
    ${list.slice(0, 30).map((x) => html`<div class="item" role="button" tabindex="0" @click=${() => openPlace(x.id)}>${symbol(x.category)}<div class="grow"><div class="name">${x.name}</div>
      <div class="faint">${[tr(x, 'category'), x.phone].filter(Boolean).join(' · ')}</div></div><span class="num right">${distance(x.distance_m)}<br /><span class="faint">${reported(x.people, say, say('place.people_unit'))}</span></span></div>`)}` : nothing)
  const { risks, vulnerable } = plan.exposed
  return section('exposed', 'section.exposed', risks.length + vulnerable.length ? html`${group('exposed.vulnerable', vulnerable)}${group('exposed.risks', risks)}` : html`<p class="empty">${say('exposed.none')}</p>`)
}

export function sources(plan: Plan, now_ms: number): TemplateResult {
  const { say } = store
  const { playbook } = plan
  const name = tr(playbook, 'name')
  return section('sources', 'section.sources', html`
    <p class="faint">${say('sources.playbook', { name, version: playbook.version, source: playbook.source })}</p>
    ${plan.sources.map((s) => html`<div class="row"><span class="grow">${s.title ?? s.source}${s.kind ? ` · ${sayCode(say, 'dataset', s.kind)}` : ''} ${s.synthetic ? html`<span class="tag warn">${say('app.synthetic')}</span>` : nothing}</span><span class="faint">${updated(s.updated_at, now_ms, say)}</span></div>`)}
    <p class="faint">${say('sources.marks')}</p>
    <details><summary class="faint">${say('sources.parameters', { n: plan.parameters.length })}</summary>
      ${plan.parameters.map((p) => html`<p class="faint num">${p.key} = ${p.value} ${p.unit} <span class="mark">${p.mark}</span> ${p.source}</p>`)}</details>`)
}

export function organisation(plan: Plan): Part {
  const groups = plan.organisation ?? []
  if (!groups.length) return nothing
  return section('organisation', 'section.organisation', groups.map((g) => html`<div class="item"><div class="grow"><div class="name">${tr(g, 'name')}</div>
    <div class="faint">${tr(g, 'lead')}</div></div><span class="soft duty">${tr(g, 'duty')}</span></div>`))
}
