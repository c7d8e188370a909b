// What a site may say of itself in the configuration file: a customer's web site that Halftone stands in front of.
import { z } from 'zod'
import { httpUrl, list, text } from './kinds.ts'
import { addressRules } from './parsed-kinds.ts'

const hostName =
  /^(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/
const ipv6 = /^\[[\da-f:.]+\]$/

export const site = z.strictObject({
  /** The names it is asked under, without port: "www.example.com", "*.example.com" for all names below one. */
  hosts: list(
    text()
      .toLowerCase()
      .refine((name) => hostName.test(name) || ipv6.test(name), {
        error: 'expected a host name such as www.example.com or *.example.com',
      }),
  ).refine((names) => names.length > 0, { error: 'expected at least one host name' }),
  /** Its server: scheme, host and port. */
  origin: httpUrl().refine((url) => new URL(url).pathname === '/', {
    error: 'expected scheme, host and port without a path',
  }),
  /** The Host that its server is asked with; the visitor's own where it is not given. */
  originHost: text().min(1).exactOptional(),
  /** Addresses (CIDR) that may be reached although they are private: "10.1.0.0/16". */
  allowAddresses: addressRules().default([]),
})

export type SiteConfig = z.output<typeof site>
export type WrittenSite = z.input<typeof site>
