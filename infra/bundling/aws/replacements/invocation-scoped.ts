type Options<T> = { readonly fresh: () => T } | { readonly initial: T };

/** A value that all invocations share: a function runs one at a time. */
export class InvocationScoped<T> {
  readonly isScoped = false;
  readonly #create: () => T;
  #value: { readonly held: T } | undefined;

  constructor(_name: string, options: Options<T>) {
    this.#create = 'fresh' in options ? options.fresh : () => options.initial;
  }

  get(): T {
    this.#value ??= { held: this.#create() };
    return this.#value.held;
  }

  set(held: T): void {
    this.#value = { held };
  }

  reset(): void {
    this.#value = undefined;
  }

  getShared(): T {
    return this.get();
  }

  setShared(held: T): void {
    this.set(held);
  }
}
