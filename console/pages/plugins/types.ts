/** A plugin as `GET /plugins` answers. */
export interface Plugin {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly status: string;
  readonly operations: readonly unknown[];
  readonly dependencies: readonly {
    readonly name: string;
    readonly version: string;
    readonly optional: boolean;
  }[];
  readonly events: {
    readonly publishes: readonly { readonly type: string; readonly version: string }[];
    readonly subscribes: readonly {
      readonly name: string;
      readonly type: string;
      readonly version: string;
    }[];
  };
}

/** A plugin as `GET /plugins/health` answers. */
export interface PluginHealth {
  readonly name: string;
  readonly health: { readonly status: string; readonly reason?: string };
}
