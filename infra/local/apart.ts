/**
 * Options of `spawn` for a process that Ctrl-C must not reach, since the runner ends everything in order. On Windows it
 * gets a console of its own that nobody sees. It must not be detached there: libuv ends every other child with its
 * parent, by a job object (libuv, src/win/process.c).
 */
export function apart(
  platform: string = process.platform,
): { readonly detached: true } | { readonly windowsHide: true } {
  return platform === 'win32' ? { windowsHide: true } : { detached: true };
}
