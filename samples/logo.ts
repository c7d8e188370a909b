// The mark of Halftone as SVG: a sphere made of nothing but dots.
const side = 240
const rows = 11

export function logo(): string {
  const dots: string[] = []
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < rows; column++) dots.push(dot(column, row))
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" width="${side}" height="${side}">`,
    '<title>Halftone</title>',
    '<defs><linearGradient id="g" gradientUnits="userSpaceOnUse" x1="20" y1="120" x2="220" y2="120">',
    '<stop offset="0" stop-color="#ff7a59"/><stop offset="0.5" stop-color="#d92f86"/>',
    '<stop offset="1" stop-color="#6a4df5"/></linearGradient></defs>',
    `<g fill="url(#g)" transform="rotate(45 ${side / 2} ${side / 2})">`,
    ...dots,
    '</g></svg>\n',
  ].join('\n')
}

function dot(column: number, row: number): string {
  const step = side / (rows + 1)
  const x = step * (column + 1)
  const y = step * (row + 1)
  const across = (x - side / 2) / (side / 2)
  const down = (y - side / 2) / (side / 2)
  const distance = Math.hypot(across, down)
  if (distance > 0.86) return ''
  // Dark where a ball lit from the left would be dark; after the turn by 45 degrees that is from above left.
  const shade = Math.min(1, 0.32 + 0.68 * Math.hypot(across + 0.62, down) * 0.78)
  return `<circle cx="${round(x)}" cy="${round(y)}" r="${round(step * 0.6 * shade)}"/>`
}

const round = (value: number): number => Math.round(value * 100) / 100
