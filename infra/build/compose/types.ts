/** A JSON Schema (draft 2020-12), as far as zod writes it. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly id?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly description?: string;
  readonly [keyword: string]: unknown;
}

export interface DescribedError {
  readonly status: number;
  readonly title: string;
  readonly retryAfterSeconds?: number;
}

export interface DescribedOperation {
  readonly summary: string;
  readonly description?: string;
  readonly successStatus: number;
  readonly idempotency: 'key' | 'none';
  readonly errors: Readonly<Record<string, DescribedError>>;
  readonly input: JsonSchema;
  readonly output: JsonSchema;
  /** One call and its answer, which fit the schemas. */
  readonly example?: { readonly input: Readonly<Record<string, unknown>>; readonly output: unknown };
}

/** What the code of one plugin says about itself. */
export interface PluginDescription {
  readonly operations: Readonly<Record<string, DescribedOperation>>;
}

/** What the platform's code says about itself. */
export interface PlatformDescription extends PluginDescription {
  readonly errors: Readonly<Record<string, DescribedError>>;
}

/** One line that the describing process prints: it begins a plugin, or is done with it. */
export type DescribeLine =
  | { readonly event: 'begin'; readonly plugin: string }
  | { readonly event: 'platform'; readonly description: PlatformDescription }
  | { readonly event: 'described'; readonly plugin: string; readonly description: PluginDescription }
  | { readonly event: 'failed'; readonly plugin: string; readonly message: string };
