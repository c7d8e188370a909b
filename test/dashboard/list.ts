// The list of pictures on the page to optimise them, as a test looks at it.
import type { Locator, Page } from 'playwright-core'
import { countOf } from './seen.ts'

export interface List {
  readonly rows: Locator
  row(name: string): Locator
  /** Waits until so many are done or failed. */
  settled(count: number): Promise<void>
  /** As a person drags them from a file manager: real files and folders. */
  drop(...paths: string[]): Promise<void>
  /** Pictures as they were before, as far as this browser keeps them. */
  originals(): Promise<unknown>
}

export async function openList(page: Page): Promise<List> {
  // What is counted are the pictures of the test, not those of before that come in between.
  const asked = page.waitForResponse('**/v1/results?*')
  await page.goto('/optimise')
  await asked
  await page.getByText('Uses the demo key').waitFor()
  return listOf(page)
}

export const listOf = (page: Page): List => ({
  rows: page.locator('.picture-row'),
  row: (name) => page.locator('.picture-row').filter({ hasText: name }),
  settled: (count) =>
    countOf(page.locator('.picture-row:is([data-state="done"], [data-state="failed"])')).toBe(count),
  async drop(...paths) {
    const session = await page.context().newCDPSession(page)
    const data = { items: [], files: paths, dragOperationsMask: 1 }
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await session.send('Input.dispatchDragEvent', { type, x: 640, y: 500, data })
    await session.detach()
  },
  originals: () =>
    page.evaluate(`new Promise((resolve, reject) => {
      const request = indexedDB.open('halftone', 1)
      request.onerror = reject
      request.onsuccess = () => {
        const count = request.result.transaction('originals').objectStore('originals').count()
        count.onsuccess = () => resolve(count.result)
      }
    })`),
})
