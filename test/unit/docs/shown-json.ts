/**
 * Where an answer is not as a page shows it. What is shown may be less: members and elements that are not shown do not
 * count, and `...` in a text stands for any text.
 */
export function differences(shown: unknown, actual: unknown, path = ''): string[] {
  const differs = [`${path || 'the answer'} is ${JSON.stringify(actual)}, not ${JSON.stringify(shown)}`];
  if (typeof shown === 'string') return typeof actual === 'string' && matches(shown, actual) ? [] : differs;
  if (Array.isArray(shown)) {
    if (!Array.isArray(actual)) return differs;
    return shown.flatMap((one: unknown, index) => {
      const nearest = actual
        .map((candidate) => differences(one, candidate, `${path}[${index}]`))
        .toSorted((a, b) => a.length - b.length);
      return nearest[0] ?? [`${path}[${index}] is missing`];
    });
  }
  if (typeof shown !== 'object' || shown === null) return Object.is(shown, actual) ? [] : differs;
  if (typeof actual !== 'object' || actual === null) return differs;
  return Object.entries(shown).flatMap(([name, member]) =>
    differences(
      member,
      (actual as Readonly<Record<string, unknown>>)[name],
      path === '' ? name : `${path}.${name}`,
    ),
  );
}

function matches(shown: string, actual: string): boolean {
  const parts = shown.split('...').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.+')}$`, 's').test(actual);
}
