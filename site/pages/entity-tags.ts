// Entity tags of pages that are added to: the origin's own with a mark at its end, and weak, since two visitors may get
// different attributes of the same page (RFC 9110 8.8.1). Pure.

export interface PageTags {
  /** From the origin's tag to ours; undefined for what is no tag. */
  ours(etag: string): string | undefined
  /** If-None-Match with the origin's own tags in the place of ours; undefined where there is none of ours. */
  theirs(condition: string | undefined): string | undefined
}

/** `mark`: of the settings by which pages are added to: other settings, other tags. */
export function pageTags(mark: string): PageTags {
  const tag = new RegExp(`W/"([^"]*)--ht-${mark}-([sw])"`, 'g')
  return {
    ours(etag) {
      const [, weak, opaque] = /^(W\/)?"([^"]*)"$/.exec(etag.trim()) ?? []
      return opaque === undefined ? undefined : `W/"${opaque}--ht-${mark}-${weak ? 'w' : 's'}"`
    },
    theirs(condition = '') {
      const read = condition.replace(
        tag,
        (_, opaque: string, kind: string) => `${kind === 'w' ? 'W/' : ''}"${opaque}"`,
      )
      return read === condition ? undefined : read
    },
  }
}
