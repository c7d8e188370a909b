// As far as the tests use Kraken's client, which comes without types.
declare module 'kraken' {
  export type Answer = Record<string, unknown> & {
    readonly results: Record<string, Record<string, unknown>>
  }
  class KrakenApiList {
    constructor(url: string)
  }
  class Kraken {
    static KrakenApiList: typeof KrakenApiList
    static default: { axios: { maxBodyLength?: number } }
    api: KrakenApiList
    constructor(key: string, secret: string)
    upload(options: object): Promise<Answer>
    url(options: object): Promise<Answer>
    userStatus(): Promise<Answer>
  }
  export default Kraken
}
