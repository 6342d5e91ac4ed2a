/**
 * The text of a member of the outermost object, byte for byte: parsing and writing it again would change it, and
 * with it the checksum. `json` must be valid; the last member of the name counts, as for `JSON.parse`.
 */
export function rawMember(json: string, name: string): string | undefined {
  let depth = 0;
  let found: string | undefined;
  let key: string | undefined;
  let start = -1;
  for (const { 0: token, index } of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]/g)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (depth === 1 && token.startsWith('"') && start < 0) key = JSON.parse(token) as string;
    else if (depth === 1 && token === ':') start = index + 1;
    const ends = (depth === 1 && token === ',') || depth === 0;
    if (!ends || start < 0) continue;
    if (key === name) found = json.slice(start, index).trim();
    start = -1;
  }
  return found;
}
