// A body on its way to a client: at the client's pace, and broken off on both sides where one of them breaks off.
import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'

/** What may wait for a client; beyond it the body waits. The system holds some megabytes more for each connection. */
const mostWaiting = 512 * 1024

/** `giveBack` is called with each chunk that the system has taken. */
export function pump(body: Readable, res: ServerResponse, giveBack?: (chunk: Buffer) => void): void {
  body.on('data', (chunk: Buffer) => {
    if (giveBack === undefined) res.write(chunk)
    else
      res.write(chunk, (error) => {
        if (!error) giveBack(chunk)
      })
    if (res.writableLength >= mostWaiting) body.pause()
  })
  res.on('drain', () => body.resume())
  body.once('end', () => res.end())
  // Half an answer never looks whole: the connection ends before its length is reached, or before its last chunk.
  body.once('error', () => res.destroy())
  body.once('close', () => {
    if (!body.readableEnded) res.destroy()
  })
  res.once('close', () => {
    if (!body.readableEnded) body.destroy()
  })
  res.on('error', () => body.destroy())
}
