import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Lambda } from '@aws-sdk/client-lambda';

/** A folder with the files that synth would have generated. */
export function dataFolder(files: Readonly<Record<string, unknown>>): URL {
  const folder = mkdtempSync(join(tmpdir(), 'anineeplus-data-'));
  for (const [name, value] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(value));
  return pathToFileURL(`${folder}/`);
}

export const lambdaAt = (endpoint: string): Lambda =>
  new Lambda({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });

export const plugin = (
  name: string,
  dependencies: readonly string[] = [],
  subscriptionFunctions: readonly string[] = [],
) => ({
  name,
  version: '1.0.0',
  description: name,
  author: 'test',
  operations: [{ name: 'do', summary: 'Does', scope: 's' }],
  webhooks: [],
  events: { publishes: [], subscribes: [] },
  dependencies: dependencies.map((dependency) => ({
    name: dependency,
    version: '^1.0.0',
    optional: false,
    operations: [],
  })),
  function: 'api',
  hasSubscriptions: subscriptionFunctions.length > 0,
  subscriptionFunctions,
});
