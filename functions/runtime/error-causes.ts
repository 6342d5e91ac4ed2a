/** Every error of a chain of causes, outermost first; at most eight, because a chain may be circular. */
export function causes(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let at = error; at instanceof Error && chain.length < 8; at = at.cause) chain.push(at);
  return chain;
}
