import * as z from 'zod';
import { camelName, integer, versionRange } from './names.ts';

/** What a plugin needs of another. */
export const dependency = z
  .strictObject({
    version: versionRange('Versions of that plugin this one works with, as a semantic version range.'),
    optional: z.boolean().default(false).describe('Whether this plugin also works without it.'),
    operations: z
      .array(camelName('An operation of that plugin.'))
      .default([])
      .describe('Operations of that plugin that are called from here.'),
    maxHops: integer(
      1,
      5,
      'Calls that a chain of plugins may have which ends at that plugin: 1 lets it be called for clients, events and ' +
        'schedules, 2 also while another plugin calls this one.',
    ).default(1),
  })
  .describe('What is needed of that plugin.');
