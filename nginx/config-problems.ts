// Problem documents of nginx.conf: what nginx itself refuses is told in the edges' words. Pure.

const problems: readonly (readonly [number, string, string])[] = [
  [400, 'bad-request', 'The request cannot be read'],
  [413, 'body-too-large', 'The body of the request is too long'],
  [414, 'target-too-long', 'The address is too long'],
  [502, 'upstream-failed', 'The next tier could not be reached'],
  [504, 'upstream-late', 'The next tier did not answer in time'],
]

export const ownProblems = problems
  .map(
    ([status, kind, title]) => `# ${title}.
error_page ${status} @problem${status};
location @problem${status} {
  internal;
  # Whatever the address ends with.
  types {
  }
  default_type application/problem+json;
  # As the edges' own problems say them.
  add_header Request-Id $halftone_request_id always;
  add_header Cache-Control no-store always;
  add_header Access-Control-Allow-Origin * always;
  return ${status} '{"type":"urn:halftone:problem:${kind}","title":"${title}","status":${status}}';
}`,
  )
  .join('\n')
