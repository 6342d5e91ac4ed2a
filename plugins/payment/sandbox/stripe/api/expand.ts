import { refundsOf } from '../refunds/room.ts';
import type { World } from '../world.ts';
import type { Form } from '../http/form.ts';
import { invalid } from './errors.ts';
import { texts } from './params.ts';

type Json = Record<string, unknown>;

/** Members that hold an id, by the kind of object they are in. */
const REFERENCES: Readonly<Record<string, readonly string[]>> = {
  payment_intent: ['latest_charge', 'payment_method'],
  charge: ['payment_intent', 'balance_transaction'],
  refund: ['charge', 'payment_intent'],
  dispute: ['charge', 'payment_intent'],
  'radar.early_fraud_warning': ['charge', 'payment_intent'],
};

/** Members that are only there when asked for. */
const INCLUDABLE: Readonly<Record<string, (world: World, value: Json) => unknown>> = {
  'charge.refunds': (world, { id }) => ({
    object: 'list',
    data: refundsOf(world, String(id)).reverse().slice(0, 10),
    has_more: refundsOf(world, String(id)).length > 10,
    url: `/v1/charges/${String(id)}/refunds`,
  }),
};

/** Kinds of record that a reference may point at; an id is in one of them only. */
const KINDS = ['intent', 'charge', 'refund'] as const;

/** Replaces the ids named by `expand[]` with their objects; an unknown path is refused. */
export function expandAnswer(world: World, answer: object, form: Form): object {
  const paths = form['expand'] === undefined ? [] : texts(form['expand'], 'expand');
  return paths.reduce<object>(
    (value, path) => expandPath(world, value as Json, path.split('.'), path),
    answer,
  );
}

function expandPath(world: World, value: Json, [name = '', ...rest]: string[], path: string): Json {
  const kind = String(value['object']);
  if (kind === 'list' && name === 'data') {
    const items = value['data'] as Json[];
    return { ...value, data: items.map((item) => expandPath(world, item, rest, path)) };
  }
  const held = INCLUDABLE[`${kind}.${name}`]?.(world, value) ?? value[name];
  const inside = rest.length > 0 && typeof held === 'object' && held !== null;
  if (!inside && !REFERENCES[kind]?.includes(name) && INCLUDABLE[`${kind}.${name}`] === undefined) {
    throw invalid(`This property cannot be expanded (${path.slice(0, 100)}).`, 'expand');
  }
  const target = typeof held === 'string' ? lookUp(world, held) : (held as Json | null);
  if (!target) return value;
  return { ...value, [name]: rest.length === 0 ? target : expandPath(world, target, rest, path) };
}

function lookUp(world: World, id: string): Json | undefined {
  const { store } = world;
  for (const kind of KINDS) {
    const found = store.get(kind, id);
    if (found) return found as unknown as Json;
  }
  return store.get('method', id)?.object as Json | undefined;
}
