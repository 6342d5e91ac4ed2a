/** Every error of a chain of causes, outermost first; bounded, because a chain may lead back to itself. */
export function causes(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let at = error; at instanceof Error && chain.length < 8; at = at.cause) chain.push(at);
  return chain;
}
