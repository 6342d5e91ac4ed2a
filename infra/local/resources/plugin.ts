/** A sandbox of a provider, as the plugin's manifest declares it. */
export interface SandboxMetadata {
  readonly name: string;
  /** File relative to the app's root. */
  readonly entry: string;
  readonly port: number;
  /** Dotted configuration path -> how the runner makes the value, and the override's environment name. */
  readonly config: Readonly<
    Record<string, { readonly generate?: string; readonly origin?: boolean; readonly env: string }>
  >;
  /** Webhook name -> path. */
  readonly webhooks: Readonly<Record<string, string>>;
}

/** The plugin that a stack was made for, from the metadata of its template. */
export interface PluginMetadata {
  readonly plugin: string;
  readonly manifest: string;
  readonly root: string;
  readonly envPrefix: string | undefined;
  readonly secretArn: string | undefined;
  /** Version of the shape of its configuration. */
  readonly configVersion: number;
  /** Scopes of its operations, those without a route among them. */
  readonly scopes: readonly string[];
  readonly sandboxes: readonly SandboxMetadata[];
  /** Whether the plugin is broken as it stands, and is here as it was before. */
  readonly lastGood?: boolean;
}
