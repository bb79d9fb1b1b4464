import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changes } from '../src/pure/diff'
import { briefly, strip } from '../src/pure/gantt'
import { basis } from '../src/pure/basis'
import { downwind, windWords } from '../src/pure/wind'
import { uiScale } from '../src/map/scale'
import { uuid7 } from '../src/pure/uuid'
import { changeWords } from '../src/panels/plan-words'
import type { Plan, Task } from '../src/types'
import { both, load, sayCode, sayIn } from '../src/words'
import { en } from '../src/words/en'
import { zhCN } from '../src/words/zh-CN'

const team = (id: string, eta_s: number | null): unknown => ({ resource_id: id, name: `队伍${id}`, eta_s })
const made = (over: { state?: string; post?: unknown; teams?: unknown[]; unreachable?: unknown[]; shelters?: unknown[] }): Plan =>
  ({
    feasible: { state: over.state ?? 'on_time' },
    forward_command_post: { primary: over.post === undefined ? { id: 'p', name: '学校', ready_s: 1500 } : over.post },
    forces: [{ capability: 'fire', capability_zh: '灭火', assigned: over.teams ?? [], unreachable: over.unreachable ?? [] }],
    medical: { hospitals: [] },
    evacuation: { shelters: over.shelters ?? [] },
  }) as unknown as Plan
await load('en')
const zh = sayIn('zh-CN')
const told = (before: Plan, after: Plan): string[] => changes(before, after).map((c) => changeWords(c, zh).text)

test('the same plan changes nothing', () => {
  const plan = made({ teams: [team('甲', 300)] })
  assert.deepEqual(told(plan, plan), [])
})

test('a detour, a team cut off and its replacement are told in a breath', () => {
  const before = made({ teams: [team('甲', 300), team('乙', 400)] })
  const after = made({ teams: [team('甲', 660), team('丙', 700)], unreachable: [{ resource_id: '乙', why: 'unreachable' }] })
  assert.deepEqual(told(before, after), ['队伍乙 不可达', '队伍丙 补入（灭火，12 分）', '队伍甲 绕行 +6 分'])
})

test('cut off and unknown roads are two answers', () => {
  const before = made({ teams: [team('甲', 300)] })
  assert.deepEqual(told(before, made({ unreachable: [{ resource_id: '甲', why: 'no_road_data' }] })), ['队伍甲 路网缺失，无法判断'])
})

test('the verdict, the post and the shelters come along', () => {
  const before = made({ shelters: [{ id: 'a', name: '甲校' }] })
  const after = made({ state: 'cannot', post: { id: 'p', name: '学校', ready_s: 1980 }, shelters: [{ id: 'b', name: '乙馆' }] })
  assert.deepEqual(told(before, after), ['结论由“能按时”变为“不能按时”', '前方指挥部就绪晚 8 分', '避灾点：增 乙馆；减 甲校'])
  assert.deepEqual(told(before, made({ post: null, shelters: [{ id: 'a', name: '甲校' }] })), ['前方指挥部由 学校 改到 无'])
})

const task = (name: string, start_s: number, finish_s: number | null, more: Partial<Task> = {}): Task =>
  ({ task: name, task_zh: name, task_en: name, owner_zh: '', start_s, finish_s, deadline_s: 1800, depends: [], slack_s: 0, critical: false, late_s: 0, ...more })

test('the strip holds thirty minutes, or as much as is late', () => {
  assert.equal(strip([task('a', 0, 600)], 1800).end_s, 1800)
  const late = strip([task('a', 600, 2478, { late_s: 678 })], 1800)
  assert.equal(late.end_s, 2700)
  assert.ok(Math.abs(late.bars[0]!.late - 678 / 2700) < 1e-9)
  assert.deepEqual(strip([], 1800).bars, [])
  assert.equal(strip([task('open', 0, null)], 1800).bars[0]!.width, 1)
})

test('a task nobody can date has no bar, and stands last', () => {
  const lost = task('lost', 0, null, { start_s: null })
  const [bar] = strip([lost], 1800).bars
  assert.deepEqual([bar!.width, bar!.sure], [0, false])
  assert.equal(strip([task('open', 60, null)], 1800).bars[0]!.sure, false)
  assert.equal(strip([task('a', 0, 60)], 1800).bars[0]!.sure, true)
  assert.deepEqual(briefly([lost, task('a', 60, 90)]).map((t) => t.task), ['a', 'lost'])
})

test('wind is said by where it comes from, and what is unknown is said', () => {
  assert.equal(windWords({ wind_from_deg: 135, wind_mps: 2.4 }, zh), '东南风 2.4 m/s')
  assert.equal(windWords({ wind_from_deg: 350, wind_mps: null }, zh), '北风 风速未知')
  assert.equal(windWords({ wind_from_deg: null, wind_mps: 3 }, zh), '风向未知 · 3 m/s')
  assert.equal(windWords({}, zh), '风向未知')
  assert.equal(windWords({ wind_from_deg: null, wind_mps: 0 }, zh), '静风')
  assert.equal(windWords({ wind_from_deg: 135, wind_mps: 2.4 }, sayIn('en')), 'wind from SE, 2.4 m/s')
})

test('the arrow points where the wind blows, and there is none without a wind', () => {
  const west = downwind({ wind_from_deg: 90 })!
  assert.ok(Math.abs(west.x + 1) < 1e-9 && Math.abs(west.y) < 1e-9)
  const north = downwind({ wind_from_deg: 180 })!
  assert.ok(Math.abs(north.x) < 1e-9 && Math.abs(north.y + 1) < 1e-9)
  assert.deepEqual([downwind({}), downwind({ wind_from_deg: null }), downwind({ wind_from_deg: 90, wind_mps: 0 })], [null, null, null])
})

test('a section is as old as its oldest source, and of unknown age where one does not say', () => {
  const source = (kind: string, updated_at: string | null): Plan['sources'][number] => ({ source: 's', kind, updated_at, synthetic: false })
  const [old, young] = ['2026-01-01T00:00:00Z', '2026-06-01T00:00:00Z']
  assert.deepEqual(basis([source('roads', young), source('roads', old)], ['roads']), [{ kind: 'roads', updated_at: old }])
  assert.deepEqual(basis([source('roads', young), source('roads', null)], ['roads']), [{ kind: 'roads', updated_at: null }])
  assert.deepEqual(basis([source('roads', young)], ['people']), [])
})

test('an English page names the capability in English', () => {
  const before = made({})
  const after = made({ teams: [team('A', 300)] })
  Object.assign(after.forces[0]!, { capability_en: 'Fire fighting' })
  const [change] = changes(before, after)
  assert.match(changeWords(change!, sayIn('en'), 'en').text, /Fire fighting/)
  assert.match(changeWords(change!, zh).text, /灭火/)
})

test('a wall is drawn larger than a desk', () => {
  assert.equal(uiScale(1920, 1080), 1)
  assert.ok(Math.abs(uiScale(3840, 2160) - 20 / 9) < 1e-9)
  assert.equal(uiScale(1024, 768), 0.875)
})

test('a wall sees what is late and critical first, by start', () => {
  const tasks = [task('a', 0, 60), task('b', 60, 120, { critical: true }), task('c', 10, 2000, { late_s: 200 }), task('d', 5, 10)]
  assert.deepEqual(briefly(tasks, 2).map((t) => t.task), ['c', 'b'])
})

test('ids made later sort later and are version 7', () => {
  const zeros = new Uint8Array(10)
  const [a, b] = [uuid7(1750000000000, zeros), uuid7(1750000000001, zeros)]
  assert.match(a, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.ok(a < b)
})

test('both languages have the same words and the same gaps to fill', () => {
  const gaps = (word: string): string[] => [...word.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!).sort()
  assert.deepEqual(Object.keys(en).sort(), Object.keys(zhCN).sort())
  for (const [key, word] of Object.entries(zhCN)) assert.deepEqual(gaps(en[key as keyof typeof en]), gaps(word), key)
})

test('a code without a word is shown as it is', () => {
  assert.equal(sayCode(zh, 'status_of', 'standby'), '待命')
  assert.equal(sayCode(zh, 'status_of', 'on_leave'), 'on_leave')
  assert.equal(both({ name_zh: '甲', name_en: 'A' }, 'name', 'en'), 'A')
  assert.equal(both({ name_zh: '甲' }, 'name', 'en'), '甲')
})
