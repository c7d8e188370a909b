// What a page is to show, looked at until it does: it is drawn a moment after what it tells of has happened.
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'

export const textOf = (locator: Locator) => expect.poll(() => locator.textContent())

export const countOf = (locator: Locator) => expect.poll(() => locator.count())

/** All that is written into a part of the page from now on: who just looks now and then may miss words of a moment. */
export async function listenTo(page: Page, selector: string): Promise<() => Promise<unknown>> {
  await page.evaluate(`{
    const heard = (window.heard = [])
    new MutationObserver((records) => {
      for (const { addedNodes } of records) for (const { textContent } of addedNodes) heard.push(textContent)
    }).observe(document.querySelector('${selector}'), { subtree: true, childList: true })
  }`)
  return () => page.evaluate("heard.join('; ')")
}

export function fitsScreens(page: () => Page): void {
  test.each([320, 375, 768])('nothing is wider than a screen of %i pixels', async (width) => {
    await page().setViewportSize({ width, height: 800 })
    await expect.poll(() => page().evaluate('document.documentElement.scrollWidth')).toBe(width)
  })
}
