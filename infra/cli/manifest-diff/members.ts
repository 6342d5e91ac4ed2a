/** The leaves of a JSON value by their dotted path; an empty object or list is a leaf. */
export function leavesOf(value: unknown, path = ''): ReadonlyMap<string, string> {
  if (value === undefined) return new Map();
  const members =
    typeof value === 'object' && value !== null
      ? Object.entries(value as Readonly<Record<string, unknown>>)
      : [];
  if (members.length === 0) return new Map([[path, JSON.stringify(value)]]);
  return new Map(
    members.flatMap(([key, member]) => [...leavesOf(member, path === '' ? key : `${path}.${key}`)]),
  );
}

/** Members that differ, in the order of their paths. */
export function differingLeaves(
  before: unknown,
  after: unknown,
): readonly {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}[] {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .filter((path) => old.get(path) !== now.get(path))
    .map((path) => ({ path, before: old.get(path), after: now.get(path) }));
}
