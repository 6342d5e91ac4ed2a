import type { DetailType, EventEnvelope } from '#events/catalog/contract.ts';

/**
 * What a manifest says, for the compiler. The names come from the type of the imported `plugin.json`: those of tables and
 * functions in any case, and texts such as permissions and event types where `plugin.d.json.ts` lies beside it, which
 * `npm run plugins -- types` writes. Without that file a text is any text, and nothing of it is checked.
 */
type Member<M, K extends string> = M extends { readonly [key in K]?: infer T } ? NonNullable<T> : unknown;
type NameIn<M, K extends string> = keyof Member<M, K> & string;
type OneOf<L> = L extends readonly (infer T)[] ? T : never;

/** The tables of a manifest. */
export type TableName<M> = NameIn<M, 'tables'>;

/** The functions of a manifest; any where it has none. */
type FunctionName<M> = M extends { readonly functions: infer F } ? keyof F & string : string;

type Lines<P> = { readonly [F in keyof P]: OneOf<P[F]> }[keyof P];

/** Every permission that the manifest gives to one of its functions. */
type Granted<M> = Lines<Member<M, 'permissions'>>;

type TargetOf<Line> = Line extends `call:${infer Plugin}.${infer Operation}`
  ? { readonly plugin: Plugin; readonly operation: Operation }
  : never;

/** The operations of other plugins that one of the functions may call. */
export type CallTarget<M> =
  string extends Granted<M> ? { readonly plugin: string; readonly operation: string } : TargetOf<Granted<M>>;

type Publication<M> = OneOf<Member<Member<M, 'events'>, 'publishes'>>;

type DetailTypeOf<P> = P extends {
  readonly type: infer T extends string;
  readonly version: infer V extends string;
}
  ? DetailType<T, V>
  : never;

/** The detail types of the events that the manifest publishes. */
export type PublishedType<M> = DetailTypeOf<Publication<M>>;

/** An event that the manifest publishes. */
export type PublishedEvent<M, D = unknown> = EventEnvelope<D, PublishedType<M>>;

/** The subscriptions of a manifest. */
export type SubscriptionName<M> = NameIn<Member<M, 'events'>, 'subscribes'>;

/** The type of the event that a subscription takes. */
export type SubscribedType<M, N extends string> =
  Member<Member<Member<M, 'events'>, 'subscribes'>, N> extends { readonly type: infer T extends string }
    ? T
    : string;

type Prefix<T extends string> = T extends `${infer First}.${infer Rest}`
  ? First | `${First}.${Prefix<Rest>}`
  : never;
type PublishPattern<T extends string> = T | `${Prefix<T>}.*`;
type TypeOf<P> = P extends { readonly type: infer T extends string } ? T : never;

type Dependencies<M> = Member<M, 'dependencies'>;
type CallOf<D> = {
  [P in keyof D & string]: D[P] extends { readonly operations: readonly (infer O extends string)[] }
    ? `call:${P}.${O}`
    : never;
}[keyof D & string];

/** What a permission of a manifest with these tables, event types and calls may say. */
type Permission<Table extends string, Type extends string, Call> =
  | `table:${Table}:${'read' | 'scan' | 'write'}`
  | `events:publish:${PublishPattern<Type>}`
  | Call;

type PermissionOf<M> = Permission<TableName<M>, TypeOf<Publication<M>>, CallOf<Dependencies<M>>>;

/**
 * The names in a manifest that stand for something else in it. A permission for a table, event or operation that is not
 * declared, or a function that is not there, is an error of the compiler where the manifest is given to `definePlugin`.
 */
export type Consistent<M> =
  string extends Member<M, 'name'>
    ? unknown
    : {
        readonly permissions?: Allowed<M, Member<M, 'permissions'>>;
        readonly operations?: Served<M, Member<M, 'operations'>>;
        readonly webhooks?: Served<M, Member<M, 'webhooks'>>;
        readonly schedules?: Served<M, Member<M, 'schedules'>>;
        readonly events?: { readonly subscribes?: Served<M, Member<Member<M, 'events'>, 'subscribes'>> };
      };

type Allowed<M, P> = {
  readonly [F in keyof P]: F extends FunctionName<M> | 'relay' ? readonly PermissionOf<M>[] : never;
};

type Served<M, P> = { readonly [K in keyof P]: { readonly function?: FunctionName<M> } };
