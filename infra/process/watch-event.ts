/** What the process that watches the code of plugins reports, one JSON line each. */
export type WatchEvent =
  | {
      readonly event: 'compiled';
      readonly plugin: string;
      readonly dir: string;
      readonly ms: number;
      /** Whether it may serve before it is checked: the code before it had no errors. */
      readonly early: boolean;
    }
  | { readonly event: 'built'; readonly plugin: string; readonly dir: string; readonly ms: number }
  | {
      readonly event: 'error';
      readonly plugin: string;
      readonly message: string;
      /** The build that was checked; undefined where there is none. */
      readonly dir?: string;
    }
  | { readonly event: 'manifest-changed' };
