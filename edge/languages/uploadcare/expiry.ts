// When an address that is signed our way ends.
import { parse } from '../../../transforms/index.ts'

/** An address that is signed our way expires our way, in Unix seconds. */
export function ourExpiry(query: string): number | undefined {
  const named = query.split('&').filter((pair) => /^(?:amp;)*expires(?:64)?=/i.test(pair))
  return parse(named.join('&')).expires
}
