import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changes } from '../src/pure/diff'
import { briefly, strip } from '../src/pure/gantt'
import { uuid7 } from '../src/pure/uuid'
import { changeWords } from '../src/panels/plan-words'
import type { Plan, Task } from '../src/types'
import { both, sayCode, sayIn } from '../src/words'
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
