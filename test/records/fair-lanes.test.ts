import { describe, expect, test } from 'vitest'
import { fullLanes, laneOf, pick } from '../../records/fair-lanes.ts'
import { times } from './rows.ts'

const lane = (project: string, receiver: string) => laneOf(project, `https://${receiver}.example/hook?x=1`)
const waiting = (lane: string, count: number, from = 0) => times(count, (i) => ({ id: `${from + i}`, lane }))
const sharing = { most: 2, mostOfProject: 3, held: [] }

test('a lane is a project and an origin, whatever the path', () => {
  expect(laneOf('shop', 'https://a.example/one')).toBe(laneOf('shop', 'https://a.example:443/two'))
  expect(laneOf('shop', 'https://a.example/')).not.toBe(laneOf('shop', 'http://a.example/'))
  expect(laneOf('shop', 'https://a.example/')).not.toBe(laneOf('rival', 'https://a.example/'))
  expect(laneOf('shop', `https://a.example/${'x'.repeat(2000)}`)).toHaveLength(24)
})

describe('of those that wait', () => {
  test('the first are picked, up to the limit', () => {
    const all = times(4, (i) => ({ id: `${i}`, lane: lane(`project-${i}`, 'a') }))
    expect(pick(all, sharing, 3)).toEqual(all.slice(0, 3))
  })

  test('a lane gets its share, and those behind it are not passed by', () => {
    const stalled = waiting(lane('p', 'stalled'), 50)
    const behind = waiting(lane('q', 'other'), 1, 50)
    expect(pick([...stalled, ...behind], sharing, 10)).toEqual([...stalled.slice(0, 2), ...behind])
  })

  test('a project gets its share, whatever its lanes', () => {
    const lanes = times(5, (i) => ({ id: `${i}`, lane: lane('p', `a${i}`) }))
    expect(pick(lanes, sharing, 10)).toEqual(lanes.slice(0, 3))
  })

  test('what is held already counts', () => {
    const one = lane('p', 'a')
    expect(pick(waiting(one, 5), { ...sharing, held: [one] }, 10)).toHaveLength(1)
    expect(pick(waiting(one, 5), { ...sharing, held: [one, one] }, 10)).toEqual([])
    expect(fullLanes({ ...sharing, held: [one, one] })).toEqual({ lanes: [one], projects: [] })
    expect(fullLanes({ ...sharing, held: [one, one, lane('p', 'b')] }).projects).toEqual([one.slice(0, 12)])
  })
})
