/** Lambda's initialization waits for this promise: the build ends every entry module with `await` on it. */
const INIT = Symbol.for('anineeplus.init');

/** Makes the environment's initialization wait for `work`, which must not reject, too. */
export function duringInit(work: Promise<void>): void {
  const scope = globalThis as { [INIT]?: Promise<unknown> };
  scope[INIT] = Promise.all([scope[INIT], work]);
}
