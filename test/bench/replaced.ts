/** A source with one part replaced. @throws Error when the source no longer holds it */
export function replaced(source: string, part: string, replacement: string): string {
  if (!source.includes(part)) throw new Error(`The source no longer holds ${part}`);
  return source.replace(part, replacement);
}
