/** The part of JSON Schema (2020-12) that configurations are described by. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly writeOnly?: boolean;
}

export type ConfigValues = Readonly<Record<string, unknown>>;

/** `GET /plugins/{name}/config`. */
export interface ConfigView {
  readonly name: string;
  readonly configVersion: number;
  /** Id of the version; in quotes it is the ETag. */
  readonly version: string;
  readonly label: string;
  /** Secrets are masked. */
  readonly values: ConfigValues;
  /** Names of the values that environment variables replace; null when the plugin does not answer. */
  readonly overridden: readonly string[] | null;
  readonly updatedAt?: string;
  readonly updatedBy?: string;
}

/** One of `GET /plugins/{name}/config/versions`. */
export interface ConfigVersion {
  readonly label: string;
  readonly version: string;
  readonly inForce: boolean;
  readonly updatedAt?: string;
  readonly updatedBy?: string;
  readonly changed?: readonly string[];
}

/** One place in which two versions differ; a side without the value has no member. */
export interface ConfigDifference {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}
