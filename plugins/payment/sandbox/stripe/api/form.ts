import { invalid } from './errors.ts';

/** A decoded form: `a[b]=1&c[]=2` becomes `{ a: { b: '1' }, c: { 0: '2' } }`. */
export interface Form {
  [key: string]: FormValue;
}
export type FormValue = string | Form;

const PAIRS_MAX = 1000;
const DEPTH_MAX = 6;

/** Decodes Stripe's bracketed form encoding; a list becomes an object with the keys 0, 1, 2. */
export function parseForm(text: string): Form {
  const root: Form = emptyForm();
  let pairs = 0;
  for (const [key, value] of new URLSearchParams(text)) {
    pairs += 1;
    if (pairs > PAIRS_MAX) throw invalid('The request has too many parameters.');
    assign(root, splitKey(key), value, key);
  }
  return root;
}

/** A form without a prototype, so that no parameter name can mean anything but itself. */
function emptyForm(): Form {
  return Object.create(null) as Form;
}

function splitKey(key: string): string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(key);
  if (!match) throw invalid(`Invalid parameter name: ${key.slice(0, 100)}`, key.slice(0, 100));
  const inner = [...(match[2] ?? '').matchAll(/\[([^[\]]*)\]/g)].map((part) => part[1] ?? '');
  if (inner.length >= DEPTH_MAX) throw invalid('The request is nested too deeply.', match[1]);
  return [match[1] ?? '', ...inner];
}

function assign(root: Form, path: string[], value: string, key: string): void {
  let target = root;
  path.forEach((part, index) => {
    const name = part === '' ? String(Object.keys(target).length) : part;
    if (index === path.length - 1) {
      target[name] = value;
      return;
    }
    const next = target[name] ?? emptyForm();
    if (typeof next === 'string') throw invalid(`Invalid parameter: ${key.slice(0, 100)}`, path[0]);
    target[name] = next;
    target = next;
  });
}
