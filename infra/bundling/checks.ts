import type { Metafile } from 'esbuild';
import { isBuiltin } from './get-builtin-module.ts';

interface Forbidden {
  readonly pattern: RegExp;
  readonly what: string;
  readonly instead: string;
}

const FORBIDDEN: readonly Forbidden[] = [
  {
    pattern: /node_modules\/zod\/(?:v4\/classic|v3)\//,
    what: 'full zod (25 ms of init)',
    instead: "import * as z from 'zod/mini'",
  },
  {
    pattern: /node_modules\/undici\//,
    what: 'undici (25 ms of init)',
    instead: 'node:https, or the fetch of Node inside a call',
  },
  {
    pattern: /node_modules\/(?:aws-xray-sdk|@aws-lambda-powertools\/tracer)/,
    what: 'the X-Ray SDK (end of life, taxes every promise)',
    instead: '@opentelemetry/api',
  },
];

/** The first import chain from an entry to `input`, for the message. */
function chainTo(input: string, metafile: Metafile): string[] {
  const chain = [input];
  for (let current = input; ;) {
    const importer = Object.keys(metafile.inputs).find(
      (candidate) =>
        !chain.includes(candidate) &&
        metafile.inputs[candidate]?.imports.some((imported) => imported.path === current),
    );
    if (!importer) return chain.reverse();
    chain.push(importer);
    current = importer;
  }
}

/** What must not be in this bundle, one readable line each; empty for a valid bundle. */
export function bundleProblems(metafile: Metafile): string[] {
  const problems: string[] = [];
  const shipped = new Set<string>();
  for (const [file, output] of Object.entries(metafile.outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
      if (bytesInOutput > 0) shipped.add(input);
    }
    for (const imported of output.imports) {
      if (imported.external && isBuiltin(imported.path)) {
        problems.push(`${file} imports ${imported.path} as ESM, which loads undici at init`);
      }
    }
  }
  for (const { pattern, what, instead } of FORBIDDEN) {
    const input = [...shipped].sort().find((candidate) => pattern.test(candidate));
    if (!input) continue;
    const chain = chainTo(input, metafile).slice(0, 8).join(' -> ');
    problems.push(`the bundle contains ${what}: use ${instead}. Imported by ${chain}`);
  }
  return problems;
}
