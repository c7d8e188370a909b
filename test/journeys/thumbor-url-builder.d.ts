// What the tests use of it; the package has no types.
declare module 'thumbor-url-builder' {
  export default class ThumborUrlBuilder {
    constructor(securityKey: string, serverUrl: string)
    setImagePath(path: string): this
    crop(left: number, top: number, right: number, bottom: number): this
    resize(width: number, height: number): this
    flipVertically(): this
    filter(call: string): this
    buildUrl(): string
  }
}
