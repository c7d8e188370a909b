// The list of pictures on the page to optimise them, as a test looks at it.
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

export interface List {
  row(name: string): Locator
  /** Waits until so many are done or failed, and no other is under way. */
  settled(count: number): Promise<void>
  /** As a person drags them from a file manager: real files and folders. */
  drop(...paths: string[]): Promise<void>
}

export const listOf = (page: Page): List => ({
  row: (name) => page.locator('.picture-row').filter({ hasText: name }),
  settled: (count) =>
    expect
      .poll(() => page.locator('.picture-row:is([data-state="done"], [data-state="failed"])').count())
      .toBe(count),
  async drop(...paths) {
    const session = await page.context().newCDPSession(page)
    const data = { items: [], files: paths, dragOperationsMask: 1 }
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await session.send('Input.dispatchDragEvent', { type, x: 640, y: 500, data })
    await session.detach()
  },
})
