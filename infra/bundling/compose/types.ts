import type { BindingKind } from '#runtime/binding.ts';

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
  /** Whether it needs `If-Match`. */
  readonly conditional?: boolean;
  /** The member of the input that is the whole body. */
  readonly bodyMember?: string;
  readonly errors: Readonly<Record<string, DescribedError>>;
  readonly input: JsonSchema;
  readonly output: JsonSchema;
  /** One call and its answer, which fit the schemas. */
  readonly example?: { readonly input: Readonly<Record<string, unknown>>; readonly output: unknown };
}

/** The operations of one plugin, read from its code. */
export interface PluginDescription {
  readonly operations: Readonly<Record<string, DescribedOperation>>;
  /** The configuration; left out for the platform, which has none. */
  readonly config?: DescribedConfig;
}

/** The configuration of one plugin, read from its code. */
export interface DescribedConfig {
  /** Secret values are `writeOnly`. */
  readonly schema: JsonSchema;
  /** Every value that the schema takes. */
  readonly leaves: readonly { readonly path: readonly string[]; readonly secret: boolean }[];
}

/** The platform's own operations, read from its code. */
export interface PlatformDescription extends PluginDescription {
  readonly errors: Readonly<Record<string, DescribedError>>;
}

/** Code that cannot be imported or built: why, and where that is known. */
export interface CodeFailure {
  readonly message: string;
  /** POSIX path relative to the root directory. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** One operation, webhook, subscription or schedule of the code. */
export interface UnitFacts {
  /** What it lacks to be one, e.g. `run is not a function`. */
  readonly faults: readonly string[];
  /** Of a subscription: the contract that it reads. */
  readonly event?: { readonly type: string; readonly version: string } | undefined;
}

/** What a function's entry module exports. */
export interface FunctionFacts {
  /** `typeof` its export `handler`. */
  readonly handler: string;
  /** What the handler serves; undefined for one that no adapter of the runtime made. */
  readonly binding?:
    | { readonly kind: BindingKind; readonly units: Readonly<Record<string, UnitFacts>> }
    | undefined;
}

/** What the code of one plugin holds, to be compared with its manifest. */
export interface CodeFacts {
  /** Where the plugin is defined, a POSIX path relative to the root directory. */
  readonly file: string;
  /** What the definition lacks. */
  readonly faults: readonly string[];
  /** By key of the manifest; without those that could not be imported. */
  readonly functions: Readonly<Record<string, FunctionFacts>>;
  readonly failures: readonly CodeFailure[];
  readonly config: {
    /** Why the schema refuses an empty configuration; undefined when it does not. */
    readonly refusesEmpty: string | undefined;
    /** Dotted path of each value. */
    readonly leaves: readonly string[];
    /** Dotted paths of those that are secret. */
    readonly secrets: readonly string[];
    /** The versions from which a function leads to the next. */
    readonly migrations: readonly string[];
    /** Why the values cannot be set by environment variables; undefined when they can. */
    readonly namesCollide: string | undefined;
  };
}

/** One plugin for the describing process. */
export interface DescribeWork {
  readonly name: string;
  /** Absolute path of the plugin's folder. */
  readonly root: string;
  /** Entry modules by key of the function, relative to the folder. */
  readonly functions: Readonly<Record<string, string>>;
  readonly envPrefix: string;
}

/** One line that the describing process prints: it begins a plugin, or is done with it. */
export type DescribeLine =
  | { readonly event: 'begin'; readonly plugin: string; readonly file: string }
  | { readonly event: 'platform'; readonly description: PlatformDescription }
  | {
      readonly event: 'described';
      readonly plugin: string;
      readonly description: PluginDescription;
      readonly facts: CodeFacts;
    }
  | { readonly event: 'failed'; readonly plugin: string; readonly failure: CodeFailure }
  | ({ readonly event: 'read' } & DescribingReads);

/** What the code of plugins reads besides the files in their folders, while it is imported. */
export interface DescribingReads {
  /** URLs of modules, which can also be loaded before the next plugins are known. */
  readonly modules: readonly string[];
  /** Names of environment variables; `*` where their names were listed. */
  readonly environment: readonly string[];
}
