/** Events that the platform itself publishes, under the source of a plugin named `platform`. */
export const platformEvents: readonly { readonly type: string; readonly version: string }[] = [
  { type: 'plugin.error', version: '1.0.0' },
];
