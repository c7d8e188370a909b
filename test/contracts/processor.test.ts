import { createPool } from '../../transforms/render/pool.ts'
import { watched } from '../origin/watched.ts'
import { processorContract } from './processor.ts'

processorContract('renders in a child process', createPool)
processorContract(
  'watched, as the tests of the origin use it',
  (options) => watched(createPool(options)).processor,
)
