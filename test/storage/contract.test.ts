import { createFolderBucket } from '../../storage/folder/index.ts'
import { storageContract } from '../contracts/storage.ts'
import { aFolder } from './files.ts'

storageContract('folder', () => createFolderBucket({ dir: aFolder(), pageSize: 2 }))
