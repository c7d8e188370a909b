// A client that sends exactly the bytes it is given, and reads until the connection ends.
import { connect } from 'node:net'

export interface Said {
  readonly status: number
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Every answer that came; each announces its length. Settles when the server ends the connection. */
export function said(port: number, request: string): Promise<Said[]> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(request, 'latin1')))
    socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject)
    socket.on('close', () => resolve(answersIn(Buffer.concat(chunks).toString('latin1'), request)))
  })
}

function answersIn(text: string, request: string): Said[] {
  const answers: Said[] = []
  let rest = text
  while (rest !== '') {
    const [head = '', ...behind] = rest.split('\r\n\r\n')
    const [first = '', ...lines] = head.split('\r\n')
    const headers = Object.fromEntries(
      lines.map((line) => [line.split(':')[0]?.toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    )
    const length = request.startsWith('HEAD') ? 0 : Number(headers['content-length'] ?? 0)
    rest = behind.join('\r\n\r\n')
    answers.push({ status: Number(first.split(' ')[1]), headers, body: rest.slice(0, length) })
    rest = rest.slice(length)
  }
  return answers
}
