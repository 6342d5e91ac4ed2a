import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { metricCatalog, type MetricDefinition } from '#runtime/telemetry/metric-catalog.ts';
import { tableOf } from './markdown.ts';

const root = join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const code = (text: string) => `\`${text}\``;

/** Names that the code below a folder counts or measures; what is filled in stands as `<>`. */
function measuredIn(folder: string): readonly string[] {
  const files = globSync(`${folder}/**/*.ts`, { cwd: root }).filter(
    (file) => !file.includes('/sandbox/') && !file.endsWith('metric-catalog.ts'),
  );
  const calls = files.flatMap((file) => [
    ...read(file).matchAll(/\b(?:count|duration|addMetric)\(\s*['`]([a-z][\w.${}]*\.[\w.${}]+)['`]/g),
  ]);
  return [...new Set(calls.map(([, name = '']) => name.replaceAll(/\$\{\w+\}/g, '<>')))].toSorted();
}

it('the catalogue has every metric that the platform writes, and no other', () => {
  expect(measuredIn('functions')).toEqual(Object.keys(metricCatalog).toSorted());
});

it('the guide has every metric of the catalogue, and no other', () => {
  const rows = Object.entries<MetricDefinition>(metricCatalog).map(
    ([name, { unit, dimensions, meaning }]) => {
      const others = dimensions.flat().filter((dimension) => dimension !== 'plugin');
      return [code(name), unit, others.map(code).join(', ') || '-', meaning];
    },
  );
  expect(
    tableOf(read('plugins/OBSERVABILITY.md'), ['metric', 'unit', 'dimension beside `plugin`', 'meaning']),
  ).toEqual(rows);
});

it('the payment plugin documents every metric that it counts, and no other', () => {
  const rows = tableOf(read('plugins/payment/README.md'), ['metric', 'dimension beside `plugin`', 'meaning']);
  const documented = rows.map(([name = '']) => name.replaceAll('`', '').replaceAll(/<\w+>/g, '<>'));
  expect(documented.toSorted()).toEqual(measuredIn('plugins/payment'));
});
