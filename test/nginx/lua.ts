// Lua files run inside a real nginx, as they run in production: a call in JSON, its results in JSON.
import { type Front, type FrontOptions, startFront } from './front.ts'

export interface Lua {
  /** Runs Lua that has the arguments as `calls`, and returns what it returns. */
  run(code: string, calls: unknown): Promise<unknown>
  close(): Promise<void>
}

const location = `location = /-/run {
  client_max_body_size 64m;
  client_body_buffer_size 64m;
  content_by_lua_block {
    ngx.req.read_body()
    local cjson = require 'cjson'
    local asked = cjson.decode(ngx.req.get_body_data())
    ngx.print(cjson.encode(assert(loadstring(asked.code))()(asked.calls)))
  }
}
`

export async function startLua(options: Omit<FrontOptions, 'edges'>): Promise<Lua> {
  const front: Front = await startFront({
    ...options,
    edges: ['http://127.0.0.1:1'],
    edit: (config) => config.replace('location = /-/health', `${location}location = /-/health`),
  })
  return {
    close: () => front.close(),
    async run(code, calls) {
      const answer = await fetch(`${front.url}/-/run`, {
        method: 'POST',
        body: JSON.stringify({ code, calls }),
      })
      if (answer.status !== 200) throw new Error(`${answer.status} ${front.errors().slice(-2000)}`)
      return answer.json()
    },
  }
}
