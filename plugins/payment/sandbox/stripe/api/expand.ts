import type { World } from '../world.ts';
import type { Form } from '../http/form.ts';
import { invalid } from './errors.ts';
import { texts } from './params.ts';

type Json = Record<string, unknown>;

const EXPANDABLE: Readonly<Record<string, readonly string[]>> = {
  payment_intent: ['latest_charge', 'payment_method'],
  charge: ['payment_intent', 'balance_transaction'],
};

/** Replaces the ids named by `expand[]` with their objects; an unknown path is refused. */
export function expandAnswer(world: World, answer: object, form: Form): object {
  const paths = form['expand'] === undefined ? [] : texts(form['expand'], 'expand');
  return paths.reduce<object>(
    (value, path) => expandPath(world, value as Json, path.split('.'), path),
    answer,
  );
}

function expandPath(world: World, value: Json, [name = '', ...rest]: string[], path: string): Json {
  if (value['object'] === 'list' && name === 'data') {
    const items = value['data'] as Json[];
    return { ...value, data: items.map((item) => expandPath(world, item, rest, path)) };
  }
  if (!EXPANDABLE[String(value['object'])]?.includes(name)) {
    throw invalid(`This property cannot be expanded (${path.slice(0, 100)}).`, 'expand');
  }
  const held = value[name];
  const target = typeof held === 'string' ? lookUp(world, held) : (held as Json | null);
  if (!target) return value;
  return { ...value, [name]: rest.length === 0 ? target : expandPath(world, target, rest, path) };
}

function lookUp(world: World, id: string): Json | undefined {
  const { store } = world;
  const found = store.get('charge', id) ?? store.get('intent', id) ?? store.get('method', id)?.object;
  return found as Json | undefined;
}
