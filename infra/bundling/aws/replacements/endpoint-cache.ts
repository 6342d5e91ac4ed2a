interface Endpoint {
  readonly Address: string;
  readonly CachePeriodInMinutes: number;
}
interface Expiring {
  readonly Address: string;
  readonly Expires: number;
}

/** Discovered endpoints by key; the oldest give way to new ones beyond the capacity. */
export class EndpointCache {
  readonly #kept = new Map<string, readonly Expiring[]>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** One of the endpoints, at random. */
  getEndpoint(key: string): string | undefined {
    const found = this.get(key) ?? [];
    return found[Math.floor(Math.random() * found.length)]?.Address;
  }

  get(key: string): readonly Expiring[] | undefined {
    const now = Date.now();
    const valid = (this.#kept.get(key) ?? []).filter(({ Expires }) => now < Expires);
    if (valid.length > 0) return valid;
    this.delete(key);
    return undefined;
  }

  set(key: string, endpoints: readonly Endpoint[]): void {
    const now = Date.now();
    this.#kept.delete(key);
    this.#kept.set(
      key,
      endpoints.map(({ Address, CachePeriodInMinutes }) => ({
        Address,
        Expires: now + CachePeriodInMinutes * 60_000,
      })),
    );
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#capacity && oldest !== undefined) this.#kept.delete(oldest);
  }

  delete(key: string): void {
    this.#kept.delete(key);
  }

  has(key: string): boolean {
    return (this.#kept.get(key)?.length ?? 0) > 0;
  }

  clear(): void {
    this.#kept.clear();
  }
}
