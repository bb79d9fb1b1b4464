/** A plan's findings as sentences, in the page's language. No DOM. */
import { minSec, minutes } from '../pure/format'
import type { Change } from '../pure/diff'
import { viaRoads } from '../pure/format'
import type { PlanRoute, Why } from '../types'
import { both, type Lang, type Say, type WordKey } from '../words'

/** "+6 分" of a difference in seconds; below a minute in seconds. */
export function difference(seconds: number, say: Say): string {
  const s = Math.abs(Math.round(seconds))
  return s < 60 ? `${s}″` : `${Math.round(s / 60)} ${say('plan.minutes')}`
}

export const whyWords = (why: Why, say: Say): string => say(`why.${why}` as WordKey)

export function changeWords(change: Change, say: Say, lang: Lang = 'zh-CN'): { tone: 'good' | 'bad' | 'soft'; text: string } {
  const none = say('value.none')
  switch (change.kind) {
    case 'feasible': {
      const better = ['cannot', 'at_risk', 'on_time']
      return {
        tone: better.indexOf(change.to) > better.indexOf(change.from) ? 'good' : 'bad',
        text: say('change.feasible', { from: say(`plan.${change.from}` as WordKey), to: say(`plan.${change.to}` as WordKey) }),
      }
    }
    case 'post_moved': return { tone: 'bad', text: say('change.post_moved', { from: change.from ?? none, to: change.to ?? none }) }
    case 'post_ready':
      return { tone: change.by_s > 0 ? 'bad' : 'good', text: say(change.by_s > 0 ? 'change.post_later' : 'change.post_sooner', { n: difference(change.by_s, say) }) }
    case 'cut_off': return { tone: 'bad', text: say('change.cut_off', { name: change.name, why: whyWords(change.why, say) }) }
    case 'dropped': return { tone: 'soft', text: say('change.dropped', { name: change.name, capability: both(change, 'capability', lang) }) }
    case 'added':
      return { tone: 'good', text: say('change.added', { name: change.name, capability: both(change, 'capability', lang), eta: change.eta_s === null ? say('value.unknown') : `${minutes(change.eta_s)} ${say('plan.minutes')}` }) }
    case 'slower': return { tone: 'bad', text: say('change.slower', { name: change.name, n: difference(change.by_s, say) }) }
    case 'faster': return { tone: 'good', text: say('change.faster', { name: change.name, n: difference(change.by_s, say) }) }
    case 'hospitals':
    case 'shelters': {
      const named = (key: WordKey, names: string[]): string => (names.length ? say(key, { names: names.slice(0, 3).join(say('app.separator')) + (names.length > 3 ? '…' : '') }) : '')
      const list = [named('change.plus', change.added), named('change.minus', change.dropped)].filter(Boolean).join(say('app.stop'))
      return { tone: 'soft', text: say(`change.${change.kind}`, { list }) }
    }
  }
}

/** "经 滨海大道、安阳路"; the word for an unnamed road when none on the way bears a name. */
export function viaWords(route: PlanRoute | undefined, say: Say): string {
  if (!route) return ''
  const roads = viaRoads(route.steps)
  return say('force.via', { roads: roads.length ? roads.join(say('app.separator')) : say('force.unnamed') })
}

export const ready = (seconds: number | null, say: Say): string => minSec(seconds) ?? say('value.unknown')
