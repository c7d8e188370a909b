// The revision of the transforms: a part of every key, so that no cache serves what an older Halftone made.

/** Raise it when the same canonical text would make different pixels or bytes: a new default, geometry or encoder setting. */
export const revision = 3
