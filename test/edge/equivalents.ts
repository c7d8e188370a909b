// One request in every language that has words for it.

export const id = '3c269810-c17b-4e2c-92b6-25622464d866'

/** As mounts of languages say where the picture lies that Uploadcare knows by its id alone. */
export const mountedOver = {
  ...{ cloudflare: { source: 'uploads' }, ipx: { source: 'uploads' }, cloudinary: { source: 'uploads' } },
  next: { source: 'uploads' },
  thumbor: { source: 'uploads', autoFormat: true },
  imgproxy: { source: 'uploads', sources: { 'local:///': 'uploads' } },
  weserv: { sources: { 'https://assets.example.org/': 'uploads' } },
} as const

export type Spoken = Readonly<Record<string, string>>

export interface Asked {
  readonly meeting: 'cover' | 'inside'
  readonly width: number
  readonly height: number
  /** Uploadcare has words for these. */
  readonly quality: 45 | 70 | 86 | 92
  readonly isGrey: boolean
}

const better = { 45: 'lightest', 70: 'lighter', 86: 'better', 92: 'best' } as const

/** In the eight languages that cut a picture to a box and name its format: all but Next.js. */
export function spokenOf({ meeting, width: w, height: h, quality: q, isGrey }: Asked, picture = id): Spoken {
  const isCover = meeting === 'cover'
  const when = (is: boolean, text: string): string => (is ? text : '')
  return {
    native: `/uploads/${picture}?w=${w}&h=${h}&fit=${isCover ? 'crop' : 'max'}&fm=jpg&q=${q}${when(isGrey, '&sat=-100')}`,
    uploadcare: `/${picture}/-/${isCover ? `scale_crop/${w}x${h}/center` : `preview/${w}x${h}`}/-/format/jpeg/-/quality/${better[q]}/${when(isGrey, '-/grayscale/')}`,
    cloudflare: `/cdn-cgi/image/width=${w},height=${h},fit=${isCover ? 'cover' : 'scale-down'},format=baseline-jpeg,quality=${q}${when(isGrey, ',saturation=0')}/${picture}`,
    imgproxy: `/imgproxy/_/rs:${isCover ? 'fill' : 'fit'}:${w}:${h}:${isCover ? 1 : 0}/q:${q}${when(isGrey, '/sa:0')}/plain/${picture}@jpg`,
    ipx: `/_ipx/s_${w}x${h},${isCover ? 'enlarge' : 'fit_inside'},f_jpg,q_${q}${when(isGrey, ',grayscale')}/${picture}`,
    weserv: `/weserv/?url=assets.example.org/${picture}&w=${w}&h=${h}&fit=${isCover ? 'cover' : 'inside&we'}&output=jpg&q=${q}${when(isGrey, '&filt=greyscale')}`,
    thumbor: `/thumbor/unsafe/${when(!isCover, 'fit-in/')}${w}x${h}/filters:format(jpeg):quality(${q})${when(isGrey, ':grayscale()')}/${picture}`,
    cloudinary: `/cloudinary/demo/image/upload/c_${isCover ? 'fill' : 'limit'},w_${w},h_${h}${when(isGrey, '/e_grayscale')}/f_jpg,q_${q}/${picture}`,
  }
}

const sizes = [
  [300, 200],
  [64, 640],
  [1000, 999],
] as const

/** Forty-eight of them. */
export const asked: readonly Asked[] = (['cover', 'inside'] as const).flatMap((meeting) =>
  sizes.flatMap(([width, height]) =>
    ([45, 70, 86, 92] as const).flatMap((quality) =>
      [false, true].map((isGrey): Asked => ({ meeting, width, height, quality, isGrey })),
    ),
  ),
)

/** Negotiated, with all frames, and only ever made smaller: what Next.js asks for, in those that have words for it. */
export const negotiatedOf = (width: number, quality: number, picture = id): Spoken => ({
  native: `/uploads/${picture}?w=${width}&fit=max&q=${quality}&auto=format`,
  next: `/_next/image?url=%2F${picture}&w=${width}&q=${quality}`,
  cloudflare: `/cdn-cgi/image/w=${width},q=${quality},f=auto/${picture}`,
  imgproxy: `/imgproxy/_/w:${width}/q:${quality}/f:best/plain/${picture}`,
  ipx: `/_ipx/w_${width},q_${quality},f_auto,animated/${picture}`,
  thumbor: `/thumbor/unsafe/fit-in/${width}x0/filters:quality(${quality})/${picture}`,
  cloudinary: `/cloudinary/image/upload/c_limit,w_${width}/f_auto,q_${quality}/${picture}`,
})

/** Negotiated, and of an animation the first picture: what Uploadcare asks for where no format is named. */
export const stillOf = (width: number, height: number, picture = id): Spoken => ({
  native: `/uploads/${picture}?w=${width}&h=${height}&fit=max&frame=1&auto=format`,
  uploadcare: `/${picture}/-/preview/${width}x${height}/`,
  cloudflare: `/cdn-cgi/image/w=${width},h=${height},fit=scale-down,anim=false,f=auto/${picture}`,
  imgproxy: `/imgproxy/_/rs:fit:${width}:${height}/da:1/f:best/plain/${picture}`,
  ipx: `/_ipx/s_${width}x${height},fit_inside,f_auto/${picture}`,
  thumbor: `/thumbor/unsafe/fit-in/${width}x${height}/filters:cover()/${picture}`,
})
