// Secrets that must be kept but not be readable in the database.

/** Encrypts secrets with a key outside the database. A sealed secret opens only under the name it was sealed with. */
export interface Seal {
  close(name: string, secret: string): string
  /** Undefined when it was sealed by another instance's secret, or tampered with. */
  open(name: string, sealed: string): string | undefined
}
