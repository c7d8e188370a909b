// What `import ... from 'halftone'` gives. The package promises its command, its addresses, its settings, and this.
export { defineConfig, type WrittenConfig as HalftoneConfig } from './config.ts'
