import { causes } from '../error-causes.ts';
import { placeBelow } from './source-place.ts';

/**
 * Where the code of a plugin threw, such as `plugins/shop/operations/order.ts:12:5`: the first frame in its folder, of
 * the error itself or else of a cause. Undefined outside of the local runner, whose functions alone have source maps.
 */
export function thrownAt(error: unknown, sourceFolder: string | undefined): string | undefined {
  if (sourceFolder === undefined) return undefined;
  for (const cause of causes(error)) {
    // Source maps name files from the root of the project.
    const place = placeBelow(String((cause as Error).stack), `/${sourceFolder}`);
    if (place) {
      return [`${sourceFolder}/${place.path}`, place.line, place.column]
        .filter((part) => part !== undefined)
        .join(':');
    }
  }
  return undefined;
}

/** The same as a field of a log line. */
export function placeField(error: unknown, sourceFolder: string | undefined): { readonly at?: string } {
  const at = thrownAt(error, sourceFolder);
  return at === undefined ? {} : { at };
}

/** What an error says and where it was thrown: `boom, at plugins/shop/operations/order.ts:12:5`. */
export function withPlace(text: string, at: string | undefined): string {
  return at === undefined ? text : `${text}, at ${at}`;
}
