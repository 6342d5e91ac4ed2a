const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES: ReadonlyMap<string, number> = new Map(DIGITS.split('').map((digit, value) => [digit, value]));

/**
 * The mappings of a source map without those of the sources that are not wanted: each stretch of them becomes one
 * segment without a source, which stands for code of which nothing is known.
 */
export function onlySources(mappings: string, isWanted: (source: number) => boolean): string {
  // Source, line, column and name: of the segment before in the given map, and of the one before in the result.
  const at = [0, 0, 0, 0];
  let written = [0, 0, 0, 0];
  const lines = mappings.split(';').map((line) => {
    let column = 0;
    let writtenColumn = 0;
    let isUnknown = true;
    const segments: string[] = [];
    for (const text of line === '' ? [] : line.split(',')) {
      const [columnDelta = 0, ...deltas] = decoded(text);
      column += columnDelta;
      for (const [index, delta] of deltas.entries()) at[index] = (at[index] ?? 0) + delta;
      const isKept = deltas.length > 0 && isWanted(at[0] ?? 0);
      if (!isKept && isUnknown) continue;
      const fields = isKept ? deltas.map((_, index) => (at[index] ?? 0) - (written[index] ?? 0)) : [];
      segments.push([column - writtenColumn, ...fields].map(encoded).join(''));
      writtenColumn = column;
      isUnknown = !isKept;
      written = written.map((value, index) => (index < fields.length ? (at[index] ?? 0) : value));
    }
    return segments.join(',');
  });
  return lines.join(';');
}

/** The numbers of a segment: base 64 digits of five bits, the least significant first, with the sign in the first. */
function decoded(segment: string): readonly number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const digit of segment) {
    const bits = VALUES.get(digit) ?? 0;
    value += (bits & 31) << shift;
    shift += 5;
    if ((bits & 32) !== 0) continue;
    numbers.push((value & 1) === 1 ? -(value >>> 1) : value >>> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}

function encoded(number: number): string {
  let left = number < 0 ? (-number << 1) | 1 : number << 1;
  let digits = '';
  do {
    const more = left >>> 5;
    digits += DIGITS.charAt((left & 31) | (more > 0 ? 32 : 0));
    left = more;
  } while (left > 0);
  return digits;
}
