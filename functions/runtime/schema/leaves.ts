import type { $ZodType } from 'zod/v4/core';
import { definitionOf, insideOf, type SchemaDefinition } from './definition.ts';
import { isSecret } from './secret.ts';

/** `list`: a list of texts, which may be written with commas instead of as JSON. */
export type LeafKind = 'string' | 'number' | 'boolean' | 'json' | 'list';

/** One value that a schema takes: where it stands and which forms it may have. */
export interface SchemaLeaf {
  readonly path: readonly string[];
  readonly kinds: ReadonlySet<LeafKind>;
  /** Whether the value, something around it or something in it is marked as secret. */
  readonly secret: boolean;
}

/**
 * Every leaf of an object schema, in its order. Lists and open records are one leaf of kind `json`, lists of texts of
 * kind `list` too.
 */
export function schemaLeaves(schema: $ZodType, path: readonly string[] = []): SchemaLeaf[] {
  const leaves = new Map<string, { path: readonly string[]; kinds: Set<LeafKind>; secret: boolean }>();
  for (const found of walk(schema, path)) {
    const key = found.path.join('\0');
    const known = leaves.get(key);
    known?.kinds.add(found.kind);
    // One alternative that is secret makes the value secret.
    const secret = found.secret || (known?.secret ?? false);
    leaves.set(key, { path: found.path, kinds: known?.kinds ?? new Set([found.kind]), secret });
  }
  return [...leaves.values()];
}

interface FoundLeaf {
  readonly path: readonly string[];
  readonly kind: LeafKind;
  readonly secret: boolean;
}

function* walk(schema: $ZodType, path: readonly string[], isInSecret = false): Generator<FoundLeaf> {
  const def = definitionOf(schema);
  const inner = insideOf(schema);
  const isMarked = isInSecret || isSecret(schema);
  if (def.shape) {
    for (const [name, member] of Object.entries(def.shape)) yield* walk(member, [...path, name], isMarked);
  } else if (def.options) {
    for (const option of def.options) yield* walk(option, path, isMarked);
  } else if (inner) {
    yield* walk(inner, path, isMarked);
  } else if (path.length > 0) {
    const secret = isMarked || [def.element, def.valueType].some((part) => part && holdsSecret(part));
    for (const kind of leafKinds(def)) yield { path, kind, secret };
  }
}

const holdsSecret = (schema: $ZodType): boolean =>
  isSecret(schema) || [...walk(schema, ['item'])].some(({ secret }) => secret);

function leafKinds(def: SchemaDefinition): LeafKind[] {
  if (def.type === 'literal') {
    return (def.values ?? []).map((value) =>
      typeof value === 'number' || typeof value === 'boolean' ? (typeof value as LeafKind) : 'string',
    );
  }
  if (def.type === 'number' || def.type === 'int' || def.type === 'boolean') {
    return [def.type === 'boolean' ? 'boolean' : 'number'];
  }
  if (def.element && [...walk(def.element, ['item'])].every(({ kind }) => kind === 'string'))
    return ['json', 'list'];
  return ['array', 'record', 'tuple', 'map', 'any', 'unknown'].includes(def.type) ? ['json'] : ['string'];
}

/** The value that a text stands for, where the schema takes no text; a text that fits nothing stays as it is. */
export function fromText(text: string, kinds: ReadonlySet<LeafKind>): unknown {
  if (kinds.has('list') && !kinds.has('string') && !/^\s*\[/.test(text)) return text.split(',');
  // A list beside a plain text, e.g. `string | string[]`: only a JSON list counts as one.
  if (kinds.has('json') && (!kinds.has('string') || /^\s*\[/.test(text))) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
  if (kinds.has('string')) return text;
  if (kinds.has('number') && /^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  if (kinds.has('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
