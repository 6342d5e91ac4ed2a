import * as z from 'zod';
import * as name from './names.ts';

const { integer, line, text } = name;

const injected = z
  .union(
    [
      z.strictObject({ generate: line('Prefix of a random value that is made once and kept.') }),
      z.strictObject({ origin: z.literal(true).describe('The origin of the running sandbox.') }),
    ],
    'either {"generate": "<prefix>"} or {"origin": true}',
  )
  .describe('A value that the local runner makes.');

/** A stand-in of a provider, which the local runner starts. */
export const sandbox = z
  .strictObject({
    entry: name.sourceFile('Program that is the sandbox, relative to the plugin folder.'),
    port: integer(1024, 65_535, 'Port on loopback.'),
    config: z
      .record(
        text(
          /^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)*$/,
          'a dotted path into the configuration, such as "stripe.apiBase"',
          'Dotted path into the configuration.',
        ),
        injected,
      )
      .default({})
      .describe('Configuration values that select the sandbox.'),
    webhooks: z
      .array(name.kebabName('A webhook of this plugin.'))
      .default([])
      .describe('Webhooks that the sandbox delivers to.'),
  })
  .describe('A program that stands in for a provider.');
