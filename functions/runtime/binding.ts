/** The parts of a manifest that handlers serve. */
export type BindingKind = 'operations' | 'webhooks' | 'subscribes' | 'schedules';

/** What a handler serves: the code by its names in the manifest. The build compares it with the manifest. */
interface Binding {
  readonly kind: BindingKind;
  readonly units: Readonly<Record<string, unknown>>;
}

const key = Symbol.for('anineeplus.binding');

/** Attaches to a handler what it serves. */
export function bind<H extends object>(handler: H, binding: Binding): H {
  return Object.assign(handler, { [key]: binding });
}

/** What a handler serves; undefined for one that no adapter made. */
export function bindingOf(handler: unknown): Binding | undefined {
  return typeof handler === 'function' ? (handler as { [key]?: Binding })[key] : undefined;
}
