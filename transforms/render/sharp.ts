// sharp, set up once for all of our renders; loaded by workers only, so the server's own thread has no decoder.
import sharp from 'sharp'

// A worker renders one picture on one core; more threads in one render gain little and starve the others.
sharp.concurrency(1)
// Every source comes once and as bytes: there is nothing to find again.
sharp.cache(false)

// libvips brings more loaders (PDF, ImageMagick, SVG by file name...) than formats we identify.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: [
    'VipsForeignLoadJpeg',
    'VipsForeignLoadPng',
    'VipsForeignLoadNsgif',
    'VipsForeignLoadWebp',
    'VipsForeignLoadHeif',
    'VipsForeignLoadTiff',
    'VipsForeignLoadSvg',
  ],
})

export { sharp }
