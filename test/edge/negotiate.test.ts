import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clientOf, formatClass, widthLadder } from '../../edge/negotiate.ts'

const chromium = 'image/jxl,image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8'

describe('Accept becomes one of nine classes', () => {
  test.each([
    [chromium, 'jxl,avif,webp'],
    ['image/avif,image/webp,*/*', 'avif,webp'],
    ['IMAGE/AVIF , image/webp;q=0.9', 'avif,webp'],
    ['image/webp,image/*,*/*;q=0.8', 'webp'],
    ['image/avif', 'avif'],
    ['image/png,image/*;q=0.8,*/*;q=0.5', 'basic'],
    ['*/*', 'basic'],
    ['image/*', 'basic'],
    ['', 'basic'],
    [undefined, 'basic'],
    ['image/avif;q=0,image/webp', 'webp'],
    ['image/avif;q=0.0,image/webp;q=0.000', 'basic'],
    ['image/avif;q=0.5', 'avif'],
    ['image/avifx,image/webp2', 'basic'],
    ['text/html,image/avif;v=1;q=0.1,image/webp', 'avif,webp'],
  ])('%s -> %s', (accept, expected) => {
    expect(formatClass(accept)).toBe(expected)
  })

  test('no header, however odd, makes a fifth', () => {
    fc.assert(
      fc.property(fc.string(), (accept) =>
        ['avif,webp', 'avif', 'webp', 'basic'].includes(formatClass(accept)),
      ),
    )
  })
})

describe('hints snap to a rung', () => {
  test.each([
    [{ width: '320' }, { width: 328 }],
    [{ 'sec-ch-width': '1' }, { width: 100 }],
    [{ width: '99999' }, { width: 8192 }],
    [{ width: 'wide' }, {}],
    [{ width: '-5' }, {}],
    [{ dpr: '2' }, { dpr: 2 }],
    [{ 'sec-ch-dpr': '1.25', dpr: '3' }, { dpr: 1.5 }],
    [{ dpr: '17' }, { dpr: 5 }],
    [{ 'save-data': 'on' }, { saveData: true }],
    [{ 'save-data': 'ON ' }, { saveData: true }],
    [{ 'save-data': 'yes' }, { saveData: false }],
  ])('%j -> %j', (headers, expected) => {
    expect(clientOf(headers)).toEqual({ formats: 'basic', saveData: false, ...expected })
  })

  test('the ladder is that of the srcset clients: 31 rungs from 100 to 8192', () => {
    expect([widthLadder[0], widthLadder[1], widthLadder.at(-1)]).toEqual([100, 116, 8192])
    expect(widthLadder.length).toBe(31)
  })
})
