import { SourceMap, type SourceMapPayload } from 'node:module';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { onlySources } from '#infra/bundling/source-map-segments.ts';

/** The code of two files in one line, and its map. */
async function compiled(): Promise<{ readonly code: string; readonly map: SourceMapPayload }> {
  const other = 'export const other = (words) => words.map((word) => word.length);\nexport class Odd {}';
  const { outputFiles } = await build({
    stdin: {
      contents: `import { Odd, other } from './other.js';\nconst named = 'väl';\nconsole.log(other([named]), new Odd());\n`,
      sourcefile: 'own.js',
    },
    bundle: true,
    minify: true,
    write: false,
    sourcemap: 'external',
    outfile: 'out.js',
    plugins: [
      {
        name: 'other',
        setup(plugin) {
          plugin.onResolve({ filter: /other\.js$/ }, () => ({ path: 'other.js', namespace: 'given' }));
          plugin.onLoad({ filter: /.*/, namespace: 'given' }, () => ({ contents: other }));
        },
      },
    ],
  });
  const textOf = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
  return { code: textOf('.js'), map: JSON.parse(textOf('.map')) as SourceMapPayload };
}

it('keeps every place of the sources that are wanted, and no place of the others', async () => {
  const { code, map } = await compiled();
  const own = map.sources.indexOf('own.js');
  const whole = new SourceMap(map);
  const part = new SourceMap({ ...map, mappings: onlySources(map.mappings, (source) => source === own) });
  const seen = new Set<string>();
  for (const [line, text] of code.split('\n').entries()) {
    for (let column = 0; column < text.length; column += 1) {
      const was = whole.findEntry(line, column);
      const is = part.findEntry(line, column);
      const source = 'originalSource' in was ? was.originalSource : undefined;
      seen.add(String(source));
      const place = (entry: typeof was) =>
        'originalSource' in entry && [entry.originalSource, entry.originalLine, entry.originalColumn];
      if (source === 'own.js') expect(place(is)).toEqual(place(was));
      else expect('originalSource' in is ? is.originalSource : undefined).toBeUndefined();
    }
  }
  expect([...seen].filter((source) => source !== 'undefined')).toHaveLength(2);
});

it('gives the same map when all sources are wanted', async () => {
  const { map } = await compiled();
  expect(onlySources(map.mappings, () => true)).toBe(map.mappings);
});
