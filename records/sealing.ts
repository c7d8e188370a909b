/** Keeps a secret in the database so that the database alone gives nothing away. Bound to the name that it is kept under. */
export interface Seal {
  close(name: string, secret: string): string
  /** Undefined when it was sealed by another instance's secret, or tampered with. */
  open(name: string, sealed: string): string | undefined
}
