/** A text in which backticks mark code, as descriptions in schemas have it. */
export function MarkedText({ text }: { readonly text: string }) {
  // What stands between two backticks is at every second place.
  const parts = text.split('`').map((part, index) => ({ part, isCode: index % 2 === 1, key: index }));
  return <>{parts.map(({ part, isCode, key }) => (isCode ? <code key={key}>{part}</code> : part))}</>;
}
