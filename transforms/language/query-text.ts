// How values are written in a query.

/** What stands for itself in the value of a query. */
const plain = /^[\w.,:/-]*$/

export const encoded = (text: string): string =>
  plain.test(text)
    ? text
    : encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%3A', ':').replaceAll('%2C', ',')

/** For a value that is a query of its own: what divides its pairs stays to be read. */
export const encodedQuery = (text: string): string =>
  encoded(text).replaceAll('%3D', '=').replaceAll('%3B', ';')
