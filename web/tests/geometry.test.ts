import assert from 'node:assert/strict'
import { test } from 'node:test'
import { along, boundsOf, disc, distanceToLine2, lines, metresBetween, polygon } from '../src/pure/geometry'
import { isCjk, lengthOf, setAlong, Taken } from '../src/pure/labels'
import type { LonLat } from '../src/types'

test('a disc is closed and as wide as asked', () => {
  const at: LonLat = [123, 28]
  const ring = lines(disc(at, 25))[0]!
  assert.deepEqual(ring[0], ring.at(-1))
  for (const p of ring) assert.ok(Math.abs(metresBetween(at, p) - 25) < 0.1)
})

test('a drawn area needs three corners', () => {
  const corners: LonLat[] = [[0, 0], [1, 0], [1, 1]]
  assert.equal(polygon([]), null)
  assert.equal(polygon(corners.slice(0, 2)), null)
  assert.deepEqual(lines(polygon(corners)), [[...corners, corners[0]]])
})

test('bounds of nothing are nothing', () => {
  assert.equal(boundsOf([]), null)
  assert.deepEqual(boundsOf([[1, 5], [-2, 7]]), [-2, 5, 1, 7])
})

test('rings and lines come flat, points and blanks give none', () => {
  assert.deepEqual(lines(null), [])
  assert.deepEqual(lines({ type: 'Point', coordinates: [1, 2] }), [])
  assert.equal(lines({ type: 'MultiPolygon', coordinates: [[[[0, 0]]], [[[1, 1]], [[2, 2]]]] }).length, 3)
})

test('arrows stand evenly along a line and point its way', () => {
  const spots = along([0, 0, 100, 0, 100, 100], 50)
  assert.deepEqual(spots.map((s) => [s.x, s.y]), [[25, 0], [75, 0], [100, 25], [100, 75]])
  assert.equal(spots[0]!.angle, 0)
  assert.equal(spots[2]!.angle, Math.PI / 2)
  assert.deepEqual(along([], 50), [])
})

test('a finger finds the nearest stretch', () => {
  assert.equal(distanceToLine2(5, 3, [0, 0, 10, 0]), 9)
  assert.equal(distanceToLine2(13, 4, [0, 0, 10, 0]), 25)
  assert.equal(distanceToLine2(0, 0, []), Infinity)
})

test('Chinese names stay upright: left to right on flat roads, top to bottom on steep ones', () => {
  assert.ok(isCjk('滨海大道'))
  assert.ok(!isCjk('Rua 1'))
  const four = [10, 10, 10, 10]
  for (const flat of [[0, 0, 100, 0], [100, 0, 0, 0]]) {
    const glyphs = setAlong(flat, 50, four, true)!
    assert.ok(glyphs[0]!.x < glyphs[3]!.x)
    for (const g of glyphs) assert.ok(Math.abs(g.angle) < 1e-9)
  }
  for (const steep of [[0, 0, 0, 100], [0, 100, 0, 0]]) {
    const glyphs = setAlong(steep, 50, four, true)!
    assert.ok(glyphs[0]!.y < glyphs[3]!.y)
    for (const g of glyphs) assert.ok(Math.abs(g.angle) < 1e-9)
  }
})

test('a name that does not fit is not set', () => {
  assert.equal(setAlong([0, 0, 30, 0], 15, [10, 10, 10, 10], true), null)
  assert.equal(setAlong([0, 0, 50, 0, 50, 50], 50, [20, 20, 20], true, 0.4), null)
  assert.equal(lengthOf([0, 0, 3, 4, 3, 10]), 11)
})

test('no two names share a place', () => {
  const taken = new Taken(64)
  assert.ok(taken.take(0, 0, 100, 20))
  assert.ok(!taken.take(90, 10, 200, 30))
  assert.ok(taken.take(101, 0, 200, 20))
  assert.ok(taken.take(-500, -80, -400, -60))
})
