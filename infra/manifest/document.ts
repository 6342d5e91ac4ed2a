import {
  type Node,
  type ParseError,
  createScanner,
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';

export type JsonPath = readonly (string | number)[];

/** A JSON text with the lines of its parts. */
export interface JsonDocument {
  /** What could be read; after a syntax error that is only a part. */
  readonly value: unknown;
  readonly syntaxError:
    | { readonly line: number; readonly column: number; readonly reason: string }
    | undefined;
  /** Keys that occur twice in one object, where the last one would win silently. */
  readonly duplicateKeys: readonly { readonly path: JsonPath; readonly line: number }[];
  /** Line, from 1, of a place; of its nearest parent where the place does not exist. */
  lineOf(path: JsonPath): number;
}

const options = { disallowComments: true, allowTrailingComma: false };

/** Parser and checks walk the nesting with the stack. No manifest needs as many levels. */
const DEPTH_MAX = 64;

/** Offset of the first bracket beyond `DEPTH_MAX`; undefined when there is none. */
function tooDeepAt(text: string): number | undefined {
  const scanner = createScanner(text);
  for (let depth = 0; scanner.getPosition() < text.length;) {
    scanner.scan();
    const at = scanner.getTokenOffset();
    if (text[at] === '{' || text[at] === '[') depth += 1;
    if (text[at] === '}' || text[at] === ']') depth -= 1;
    if (depth > DEPTH_MAX) return at;
  }
  return undefined;
}

export function parseDocument(text: string): JsonDocument {
  const deep = tooDeepAt(text);
  if (deep !== undefined) {
    const [line, column] = [text.slice(0, deep).split('\n').length, deep - text.lastIndexOf('\n', deep - 1)];
    const reason = `nested deeper than ${DEPTH_MAX} levels`;
    return { value: undefined, syntaxError: { line, column, reason }, duplicateKeys: [], lineOf: () => 1 };
  }
  const parseErrors: ParseError[] = [];
  const root = parseTree(text, parseErrors, options);
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length;
  const first = parseErrors[0];
  return {
    // JSON.parse keeps a key named __proto__ a plain member, which the values of the parser do not.
    value: first === undefined ? JSON.parse(text) : root && getNodeValue(root),
    syntaxError: first && {
      line: lineAt(first.offset),
      column: first.offset - text.lastIndexOf('\n', first.offset - 1),
      reason: sentence(printParseErrorCode(first.error)),
    },
    duplicateKeys: root
      ? duplicates(root, []).map(({ path, node }) => ({ path, line: lineAt(node.offset) }))
      : [],
    lineOf: (path) => lineAt(root ? offsetOf(root, path) : 0),
  };
}

/** JSON pointer (RFC 6901) of a path. */
export function pointer(path: JsonPath): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The value at a path, of own members only. */
export function valueAt(value: unknown, path: JsonPath): unknown {
  return path.reduce<unknown>(
    (at, part) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, part)
        ? (at as Record<string | number, unknown>)[part]
        : undefined,
    value,
  );
}

function offsetOf(root: Node, path: JsonPath): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (node) return node.parent?.type === 'property' ? node.parent.offset : node.offset;
  }
  return root.offset;
}

function duplicates(node: Node, path: JsonPath): { path: JsonPath; node: Node }[] {
  const seen = new Set<unknown>();
  return (node.children ?? []).flatMap((child, index) => {
    if (node.type === 'array') return duplicates(child, [...path, index]);
    const [key, value] = child.children ?? [];
    if (node.type !== 'object' || !key) return [];
    const at = [...path, String(key.value)];
    const own = seen.has(key.value) ? [{ path: at, node: key }] : [];
    seen.add(key.value);
    return [...own, ...(value ? duplicates(value, at) : [])];
  });
}

/** `CommaExpected` -> `comma expected`. */
function sentence(code: string): string {
  return code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}
