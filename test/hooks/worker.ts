// A process of its own that delivers webhooks from the database it is told, until its standard input ends.
import { createSeal } from '../../api/services/accounts/secret-sealing.ts'
import { createHooks } from '../../api/services/hooks/index.ts'
import { createGuard } from '../../fetch/guard.ts'
import { openRecords } from '../../records/index.ts'

const allowAddresses = ['127.0.0.1']
const records = await openRecords({ file: process.argv[2] ?? '' })
const dispatcher = createGuard({ allowAddresses })
const seal = createSeal('the secret of this instance')
const log = { error: (error: unknown) => console.error(error) }
const hooks = createHooks({ records, seal, dispatcher, allowAddresses, log, lookEveryMs: 50 })
process.stdin.resume().once('end', async () => {
  await hooks.stop()
  await dispatcher.destroy()
  await records.close()
})
