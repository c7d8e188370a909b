// Errors of the REST API, as values that are thrown.

/** An answer of the REST API that is an error. */
export class RestError extends Error {
  override readonly name = 'RestError'
  readonly status: number
  constructor(status: number, detail: string) {
    super(detail)
    this.status = status
  }
}

export const notFound = () => new RestError(404, 'Not found.')
