// The mark of Halftone in the page's corner and in its tab: dots that grow.

const dots = [0, 1, 2, 3].flatMap((row) =>
  [0, 1, 2, 3].map((column) => {
    const radius = 1 + (row + column) * 0.36
    return `<circle cx="${3.5 + column * 5.7}" cy="${3.5 + row * 5.7}" r="${radius.toFixed(2)}"/>`
  }),
)

const gradient =
  '<linearGradient id="ink" gradientUnits="userSpaceOnUse" x1="0" y1="0" x2="24" y2="24">' +
  '<stop offset="0" stop-color="#ff7a59"/><stop offset=".5" stop-color="#d92f86"/>' +
  '<stop offset="1" stop-color="#6a4df5"/></linearGradient>'

export const mark = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="28" height="28" aria-hidden="true">${gradient}<g fill="url(#ink)">${dots.join('')}</g></svg>`

export const favicon = `data:image/svg+xml,${encodeURIComponent(mark)}`
