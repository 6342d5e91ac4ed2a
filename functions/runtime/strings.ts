/** One text inside of a value, with its dotted path. */
interface FoundString {
  readonly path: string;
  readonly text: string;
}

/** Every text of a JSON value, member names included, for checks that do not care where something stands. */
export function* strings(value: unknown, path = ''): Generator<FoundString> {
  if (typeof value === 'string') yield { path, text: value };
  else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      const at = path === '' ? key : `${path}.${key}`;
      if (!Array.isArray(value)) yield { path: at, text: key };
      yield* strings(member, at);
    }
  }
}
