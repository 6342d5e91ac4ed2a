/** What is wrong with a plugin's files, where, and how to correct it. */
export interface PluginFileError {
  readonly code: string;
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly fix: string;
}

/** What another plugin is needed for. */
export interface Dependency {
  readonly name: string;
  readonly version: string;
  readonly optional: boolean;
  readonly operations: readonly string[];
}

export interface Operation {
  readonly name: string;
  readonly summary: string;
  readonly scope: string;
  readonly http?: { readonly method: string; readonly path: string };
  readonly graphql?: { readonly kind: string; readonly field: string };
}

/** A plugin as `GET /plugins` answers; one that is left out because of its errors has no more than name and errors. */
export interface Plugin {
  readonly name: string;
  readonly status: string;
  readonly version?: string;
  readonly author?: string;
  readonly description?: string;
  /** Why it is `failed`. */
  readonly reason?: string;
  readonly errors?: readonly PluginFileError[];
  readonly operations: readonly Operation[];
  readonly webhooks?: readonly { readonly name: string; readonly path: string }[];
  readonly dependencies?: readonly Dependency[];
  readonly events?: {
    readonly publishes: readonly { readonly type: string; readonly version: string }[];
    readonly subscribes: readonly {
      readonly name: string;
      readonly type: string;
      readonly version: string;
    }[];
  };
}

/** What one look at something said. */
export interface Observation {
  readonly status: string;
  readonly at?: string;
  readonly reason?: string;
}

/** One thing that a plugin's health depends on, such as a provider. */
export interface HealthCheck {
  readonly status: string;
  readonly reason?: string;
  /** The last call that was made to find out. */
  readonly active?: Observation;
  /** The calls of the last minutes. */
  readonly passive?: Observation & {
    readonly windowSeconds?: number;
    readonly calls?: number;
    readonly failures?: number;
  };
}

export interface PluginHealth {
  readonly name: string;
  readonly health: {
    readonly status: string;
    readonly reason?: string;
    readonly checks?: Readonly<Record<string, HealthCheck>>;
  };
}

/** `GET /plugins/health`. */
export interface PlatformHealth {
  readonly status: string;
  readonly reason?: string;
  readonly plugins: readonly PluginHealth[];
}

/** A difference between what the registry says and what is deployed. */
export interface Drift {
  readonly plugin: string;
  readonly kind: string;
  readonly detail: string;
  readonly fix?: string;
}
