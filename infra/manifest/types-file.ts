/** The name by which TypeScript finds the types of a `plugin.json` beside it. */
export const TYPES_FILE = 'plugin.d.json.ts';
