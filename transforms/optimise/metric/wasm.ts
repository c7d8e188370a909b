// Loads a WebAssembly file that lies beside the code: compiled once per process, instantiated at each call.
import { readFileSync } from 'node:fs'

/** The part of the WebAssembly API that we use: TypeScript describes it only together with a browser's. */
interface WasmApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}

/** The buffer is replaced whenever the memory grows. */
export interface Memory {
  readonly buffer: ArrayBuffer
}

const { Module, Instance } = (globalThis as unknown as { WebAssembly: WasmApi }).WebAssembly

export function loadInstances<Exports>(file: URL, imports: object = {}): () => Exports {
  let module: object | undefined
  return () => {
    module ??= new Module(readFileSync(file))
    return new Instance(module, imports).exports as Exports
  }
}
