/** The context of a request. `null`: the key applies, but its value is not known here. */
export type ContextValue = string | number | boolean | readonly string[] | null;
/** The condition keys of a request. */
export type Context = Readonly<Record<string, ContextValue>>;

type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'one' }
  | { readonly kind: 'variable'; readonly key: string; readonly fallback: string | undefined };

/** A string of a policy, split into text, wildcards and policy variables. */
export type Template = readonly Token[];

/** `variables`: whether `${...}` is a policy variable, which it is from policy version 2012-10-17 on. */
export function parseTemplate(text: string, variables: boolean): Template {
  const tokens: Token[] = [];
  const parts = text.split(variables ? /(\$\{[^}]*\}|[*?])/ : /([*?])/);
  for (const part of parts) {
    if (part === '*') tokens.push({ kind: 'any' });
    else if (part === '?') tokens.push({ kind: 'one' });
    else if (variables && part.startsWith('${')) tokens.push(parseVariable(part.slice(2, -1)));
    else if (part !== '') tokens.push({ kind: 'text', text: part });
  }
  return tokens;
}

/** `${*}`, `${?}` and `${$}` are the characters themselves; `${key, 'value'}` has a default. */
function parseVariable(inner: string): Token {
  if (inner === '*' || inner === '?' || inner === '$') return { kind: 'text', text: inner };
  const withDefault = /^([^,]+),\s*'(.*)'$/.exec(inner);
  return { kind: 'variable', key: (withDefault?.[1] ?? inner).trim(), fallback: withDefault?.[2] };
}

/** The plain text, wildcards taken literally; undefined when a variable has no single value. */
export function expandText(template: Template, context: Context): string | undefined {
  let text = '';
  for (const token of template) {
    const piece = token.kind === 'any' ? '*' : token.kind === 'one' ? '?' : tokenText(token, context);
    if (piece === undefined) return undefined;
    text += piece;
  }
  return text;
}

/** Wildcards of `StringLike` and of actions: `*` any run of characters, `?` one. */
export function globExpression(template: Template, context: Context, flags = 's'): RegExp | undefined {
  return expression(template, context, { any: () => '.*', one: () => '.' }, flags);
}

/**
 * Wildcards of a `Resource` element: inside one of an ARN's first five parts they stay in that part, unless a `*` ends
 * it; in the last part they match anything. Source: IAM user guide, "IAM JSON policy elements: Resource".
 */
export function resourceExpression(template: Template, context: Context): RegExp | undefined {
  const endsPart = (next: Token | undefined): boolean =>
    next === undefined || (next.kind === 'text' && next.text.startsWith(':'));
  return expression(template, context, {
    any: (colons, next) => (colons >= 5 || endsPart(next) ? '.*' : '[^:]*'),
    one: (colons) => (colons >= 5 ? '.' : '[^:]'),
  });
}

/** Wildcards of `ArnLike`: each of the six parts is compared on its own. */
export function arnExpression(template: Template, context: Context): RegExp | undefined {
  return expression(template, context, {
    any: (colons) => (colons >= 5 ? '.*' : '[^:]*'),
    one: (colons) => (colons >= 5 ? '.' : '[^:]'),
  });
}

interface Wildcards {
  any(colons: number, next: Token | undefined): string;
  one(colons: number): string;
}

function expression(
  template: Template,
  context: Context,
  wildcards: Wildcards,
  flags = 's',
): RegExp | undefined {
  let source = '';
  let colons = 0;
  for (const [index, token] of template.entries()) {
    if (token.kind === 'any') source += wildcards.any(colons, template[index + 1]);
    else if (token.kind === 'one') source += wildcards.one(colons);
    else {
      const text = tokenText(token, context);
      if (text === undefined) return undefined;
      if (token.kind === 'text') colons += text.split(':').length - 1;
      source += text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
    }
  }
  return new RegExp(`^${source}$`, flags);
}

function tokenText(token: Exclude<Token, { kind: 'any' | 'one' }>, context: Context): string | undefined {
  if (token.kind === 'text') return token.text;
  const value = contextValue(context, token.key);
  if (value === undefined) return token.fallback;
  return value === null || typeof value === 'object' ? undefined : String(value);
}

/** Condition keys are not case-sensitive. */
export function contextValue(context: Context, key: string): ContextValue | undefined {
  if (Object.hasOwn(context, key)) return context[key];
  const folded = key.toLowerCase();
  const found = Object.keys(context).find((candidate) => candidate.toLowerCase() === folded);
  return found === undefined ? undefined : context[found];
}
