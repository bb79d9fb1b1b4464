import assert from 'node:assert/strict'
import { test } from 'node:test'
import { age, clock, clockSince, coordinates, distance, minSec, minutes, percent, reported, updated, viaRoads } from '../src/pure/format'
import { sayIn } from '../src/words'

const zh = sayIn('zh-CN')
const NOON = Date.parse('2026-06-15T04:00:00Z')

test('a blank is never a nought', () => {
  assert.equal(reported(null, zh), '未报')
  assert.equal(reported(undefined, zh), '未报')
  assert.equal(reported(0, zh), '0')
  assert.equal(reported(12000, zh, ' 人'), '12,000 人')
  assert.equal(minSec(null), null)
  assert.equal(minutes(null), null)
  assert.equal(distance(null), null)
  assert.equal(percent(null), null)
})

test('minutes are rounded up: nobody is promised sooner than they come', () => {
  for (const [seconds, whole] of [[0, 0], [1, 1], [60, 1], [61, 2], [552, 10]] as const) assert.equal(minutes(seconds), whole)
})

test('times and distances read as people say them', () => {
  assert.equal(minSec(1700), '28′20″')
  assert.equal(minSec(59.6), '1′00″')
  assert.equal(distance(994), '990 m')
  assert.equal(distance(7440), '7.4 km')
  assert.equal(distance(31200), '31 km')
  assert.equal(coordinates(123.1029, 27.9448), '123.1029° E, 27.9448° N')
  assert.equal(coordinates(-8.61, -41.15), '8.6100° W, 41.1500° S')
})

test('the clock runs from the report, and in the zone of the city', () => {
  assert.equal(clockSince('2026-06-15T03:56:36Z', NOON), 'T+03:24')
  assert.equal(clockSince('2026-06-15T02:56:36Z', NOON), 'T+1:03:24')
  assert.equal(clockSince('2026-06-13T02:00:00Z', NOON), 'T+2d 02:00')
  assert.equal(clockSince('2026-06-15T05:00:00Z', NOON), 'T+00:00')
  assert.equal(clock(NOON), '12:00:00')
})

test('every figure can say its age, or that nobody knows it', () => {
  const ages = [['2026-06-15T03:59:30Z', '刚刚'], ['2026-06-15T03:30:00Z', '30 分钟前'], ['2026-06-15T01:00:00Z', '3 小时前'], ['2026-06-03T04:00:00Z', '12 天前'], ['2024-06-15T04:00:00Z', '2.0 年前']] as const
  for (const [at, said] of ages) assert.equal(age(at, NOON, zh), said)
  assert.equal(age(null, NOON, zh), '时间不详')
  assert.equal(age('yesterday', NOON, zh), '时间不详')
  assert.equal(updated('2026-06-03T04:00:00Z', NOON, zh), '更新于 12 天前')
  assert.equal(updated(null, NOON, zh), '更新时间不详')
})

test('a route is told by its longest named roads, in the order they are driven', () => {
  const steps = [{ road: '安阳路', distance_m: 300 }, { road: '', distance_m: 4000 }, { road: '滨海大道', distance_m: 2500 }, { road: '小巷', distance_m: 20 }]
  assert.deepEqual(viaRoads(steps), ['安阳路', '滨海大道'])
  assert.deepEqual(viaRoads([{ road: '', distance_m: 5 }]), [])
})
