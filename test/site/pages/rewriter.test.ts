// Attributes that are added to tags of a page: to those that a browser makes elements of, and nothing else changes.
import fc from 'fast-check'
import { parse } from 'parse5'
import { describe, expect, test } from 'vitest'
import { type Added, createRewriter, type Element } from '../../../site/pages/rewriter.ts'

const names = new Set(['img'])
const isUntouched = ({ around }: Element): boolean =>
  around.some((name) => /^(svg|template|picture)$/.test(name))
const lazily = (element: Element): Added =>
  isUntouched(element) || element.attributes.has('loading') ? [] : [['loading', 'lazy']]

/** Cut at these places. */
function rewritten(page: Buffer, cuts: readonly number[] = [], add = lazily): Buffer {
  const rewriter = createRewriter({ names, add })
  const places = [...new Set(cuts.map((cut) => Math.min(cut, page.length)))].sort((a, b) => a - b)
  const pieces = [...places, page.length].map((end, index) =>
    rewriter.write(page.subarray(places[index - 1] ?? 0, end)),
  )
  return Buffer.concat([...pieces, rewriter.end()])
}

const text = (page: string): string => rewritten(Buffer.from(page)).toString()

describe('a tag', () => {
  test.each([
    ['<img src=a>', '<img loading="lazy" src=a>'],
    ['<IMG SRC="a" />', '<IMG loading="lazy" SRC="a" />'],
    ['<img/src=a>', '<img loading="lazy"/src=a>'],
    ['<img>', '<img loading="lazy">'],
    ['<img alt="a > b" src=\'>\'>', '<img loading="lazy" alt="a > b" src=\'>\'>'],
    ['<img\r\n\tsrc=a\r\n>\r\n', '<img loading="lazy"\r\n\tsrc=a\r\n>\r\n'],
    ['<table><img src=a><tr><td>', '<table><img loading="lazy" src=a><tr><td>'],
    ['<p>caf\u00e9 <b><p><img src=a></b>', '<p>caf\u00e9 <b><p><img loading="lazy" src=a></b>'],
    ['<svg/><p><img src=a>', '<svg/><p><img loading="lazy" src=a>'],
    ['<svg><p><img src=a>', '<svg><p><img loading="lazy" src=a>'],
    ['<!--><img src=a>', '<!--><img loading="lazy" src=a>'],
    ['\ufeff<img src=a>', '\ufeff<img loading="lazy" src=a>'],
    ['<script></script ><img src=a>', '<script></script ><img loading="lazy" src=a>'],
  ])('%j becomes %j', (page, wanted) => expect(text(page)).toBe(wanted))

  test.each([
    '',
    'no tag at all',
    '<!-- <img src=a> -->',
    '<script>"<img src=a>"</script>',
    '<script><!--<script>"<img>"</script>"<img>"--></script>',
    '<svg/><script>"<img src=a>"</script>',
    '<style><img></style>',
    '<textarea><img></textarea><title><img></title>',
    '<noscript><img src=a></noscript>',
    '<iframe><img></iframe><noembed><img></noembed><xmp><img></xmp>',
    '<template><div><img src=a></div></template>',
    '<svg><foreignObject><img src=a></foreignObject></svg>',
    '<svg><title><img></title></svg>',
    '<picture><source srcset=b><img src=a></picture>',
    '<img loading=eager src=a>',
    '<img LOADING src=a>',
    '<imgs src=a><image src=a><x-img src=a></img>',
    '<a title="<img src=a>">',
    '<frameset><img src=a>',
    '<plaintext><img src=a>',
    '<img src=a',
    '<img src="a>',
    '< img>',
    '<![CDATA[<img src=a',
    '<p>\u001b$B<img>',
    '\u00ff<img src=a>\u0000',
  ])('%j stays as it is', (page) => {
    const bytes = Buffer.from(page, 'latin1')
    expect(rewritten(bytes).equals(bytes)).toBe(true)
  })

  test('that is longer than 64 KiB stays, and so does all behind a word of 2 MiB', () => {
    const long = `<img alt="${'a'.repeat(70_000)}"><img src=b>`
    expect(text(long)).toBe(long.replace('<img src=b', '<img loading="lazy" src=b'))
    const word = `<img src=a>${'a'.repeat(2 ** 21)} <img src=b>`
    expect(text(word)).toBe(word.replace('<img src=a', '<img loading="lazy" src=a'))
  })

  test('gets values in which nothing ends early', () => {
    const added = rewritten(Buffer.from('<img>'), [], () => [['srcset', '/a?b&c="d"<e> 1w']]).toString()
    expect(added).toBe('<img srcset="/a?b&#38;c=&#34;d&#34;&#60;e&#62; 1w">')
  })

  test('is told what is around it', () => {
    const seen: (readonly string[])[] = []
    const see = ({ around }: Element): Added => {
      seen.push(around)
      return []
    }
    rewritten(Buffer.from('<main><p><img></p><template><img>'), [], see)
    expect(seen).toEqual([
      ['p', 'main', 'body', 'html', '#document'],
      ['#fragment', 'template', 'main', 'body', 'html', '#document'],
    ])
  })
})

test('a page that would take more and more time stays as it is from there on', () => {
  const deep = `${'<div>'.repeat(5000)}<img src=a>`
  expect(text(deep)).toBe(deep)
  const many = `<img src=a>${Array.from({ length: 3000 }, (_, n) => `<p><font size=${n}>x</p>`).join('')}<img src=b>`
  expect(text(many)).toBe(many.replace('<img src=a', '<img loading="lazy" src=a'))
})

test('what cannot be an unfinished tag goes out at once', () => {
  const sent = (...pieces: string[]): string[] => {
    const rewriter = createRewriter({ names, add: lazily })
    return pieces.map((piece) => rewriter.write(Buffer.from(piece)).toString())
  }
  expect(sent('<p>Hello', ' there <', 'b>you', ' <im', 'g src="a', '">!')).toEqual([
    ...['<p>Hello', ' there ', '<b>you', ' ', '', '<img loading="lazy" src="a">!'],
  ])
  const script = `<script>x = '<img src="' + y</script><p>more`
  expect(sent(script)).toEqual([script])
})

/** Bits of pages, good and bad. */
const bits = fc.constantFrom(
  ...[
    '<img src=a>',
    '<IMG SRC="b" />',
    '<img',
    '<img alt="x>y" src=c>',
    "<img alt='",
    "'>",
    '"',
    '<i',
    '<im',
  ],
  ...['<!--', '-->', '--!>', '<!-->', '<![CDATA[', ']]>', '<script>', '</script>', '<script><!--<script>'],
  ...['<style>', '</style>', '<textarea>', '</textarea>', '<title>', '</title>', '<noscript>', '</noscript>'],
  ...[
    '<svg>',
    '</svg>',
    '<svg/>',
    '<math>',
    '</math>',
    '<foreignObject>',
    '</foreignObject>',
    '<desc>',
    '<mi>',
  ],
  ...[
    '<template>',
    '</template>',
    '<select>',
    '</select>',
    '<option>',
    '<table>',
    '</table>',
    '<tr>',
    '<td>',
  ],
  ...['<p>', '</p>', '<b>', '</b>', '<a href=x>', '</a>', '<div/>', '<plaintext>', '<iframe>', '</iframe>'],
  ...[
    '<picture>',
    '</picture>',
    '<',
    '>',
    '</',
    '<!',
    '<?php',
    '?>',
    '=',
    ' ',
    'a',
    '\r\n',
    '\r',
    '\0',
    '\xe9',
  ],
  ...[
    '<frameset>',
    '<font color=x>',
    '<body>',
    '</body>',
    '</html>',
    '<br',
    '/>',
    '</img>',
    '<image src=q>',
    '\x1b',
  ],
  ...[
    '<form>',
    '</form>',
    '<li>',
    '<h1>',
    '<ruby>',
    '<rt>',
    '<annotation-xml encoding="text/html">',
    '<object>',
  ],
)
const pages = fc
  .array(fc.oneof({ weight: 9, arbitrary: bits }, fc.string({ maxLength: 4 })), { maxLength: 30 })
  .map((pieces) => Buffer.from(pieces.join(''), 'latin1'))

const runs = { numRuns: Number(process.env.RUNS ?? 300) }

describe('any page', () => {
  test('stays byte for byte where nothing is added', () => {
    const holds = (page: Buffer, cuts: number[]): void => {
      expect(rewritten(page, cuts, () => []).toString('latin1')).toBe(page.toString('latin1'))
    }
    fc.assert(fc.property(pages, fc.array(fc.nat(100)), holds), runs)
  })

  test('becomes the same in whatever pieces it comes', () => {
    const holds = (page: Buffer, cuts: number[]): void => {
      expect(rewritten(page, cuts).toString('latin1')).toBe(rewritten(page).toString('latin1'))
    }
    fc.assert(fc.property(pages, fc.array(fc.nat(150), { maxLength: 200 }), holds), runs)
  })

  test('is the same document but for what was added', () => {
    const holds = (page: Buffer): void => {
      const [before, after] = [page, rewritten(page)].map((bytes) => parse(bytes.toString('latin1')))
      expect(bare(after)).toEqual(bare(before))
    }
    fc.assert(fc.property(pages, holds), runs)
  })

  test('is the old one again once what was added is cut out', () => {
    const holds = (page: Buffer): void => {
      const added = rewritten(page).toString('latin1')
      expect(added.replaceAll(' loading="lazy"', '')).toBe(page.toString('latin1'))
    }
    fc.assert(fc.property(pages, holds), runs)
  })
})

interface ParsedNode {
  readonly nodeName: string
  readonly value?: string
  readonly data?: string
  readonly attrs?: readonly { readonly name: string; readonly value: string }[]
  readonly childNodes?: readonly ParsedNode[]
  readonly content?: ParsedNode
}

function bare(node: unknown): unknown {
  const { nodeName, value, data, attrs = [], childNodes = [], content } = node as ParsedNode
  const own = attrs.filter(({ name }) => name !== 'loading').map(({ name, value }) => [name, value])
  return { nodeName, value, data, own, children: childNodes.map(bare), content: content && bare(content) }
}
