// sharp, set up once for all of our renders; loaded by workers only, so the server's own thread has no decoder.
import sharp from 'sharp'

// A worker renders one picture on one core; more threads in one render gain little and starve the others.
sharp.concurrency(1)
// Every source comes once and as bytes: there is nothing to find again.
sharp.cache(false)

// libvips brings more loaders than formats we identify. They are blocked one by one and nothing is ever unblocked: the
// list is the whole process's, and a thread that blocked all of them first would fail other threads' renders meanwhile.
// A test reads the names of all loaders out of libvips, so that a new one must be allowed or blocked here.
sharp.block({
  operation: [
    'VipsForeignLoadCsv',
    'VipsForeignLoadJp2k',
    'VipsForeignLoadMatrix',
    'VipsForeignLoadOpenslide',
    'VipsForeignLoadPdf',
    'VipsForeignLoadRaw',
    'VipsForeignLoadUhdr',
    'VipsForeignLoadVips',
  ],
})

export { sharp }
