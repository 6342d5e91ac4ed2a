import * as z from 'zod';
import { text } from './names.ts';

const action = text(
  /^[a-z0-9-]+:[A-Z][A-Za-z0-9]+$/,
  'an action without a wildcard, such as "s3:GetObject"',
  'An action by its whole name.',
);

const partition = '(?:[a-z-]+|\\$\\{AWS::Partition\\})';
const region = '(?:[a-z0-9-]*|\\*|\\$\\{AWS::Region\\})';
const account = '(?:\\d*|\\*|\\$\\{AWS::AccountId\\})';

const resource = text(
  new RegExp(`^(?:\\*|arn:${partition}:[a-z0-9-]+:${region}:${account}:\\S+)$`),
  'an ARN, such as "arn:aws:s3:::photos/*", or "*"',
  'An ARN; ${AWS::Partition}, ${AWS::Region} and ${AWS::AccountId} stand for those of the deployment.',
);

const values = z
  .union(
    [z.string(), z.array(z.string().describe('A value of the key.')).min(1)],
    'a text or a list of texts',
  )
  .describe('Value or values of the key.');

/** A statement of IAM that goes into a role as it is written, besides what `permissions` become. */
export const iamStatement = z
  .strictObject({
    sid: text(
      /^[A-Z][A-Za-z0-9]{0,63}$/,
      'letters and digits, an upper case letter first, such as "ReadPhotos"',
      'Name by which the project allows the statement.',
    ),
    actions: z.array(action).min(1, 'at least one action').describe('Actions, each by its whole name.'),
    resources: z
      .array(resource)
      .min(1, 'at least one resource')
      .describe('ARNs; ${AWS::Partition}, ${AWS::Region} and ${AWS::AccountId} are those of the deployment.'),
    conditions: z
      .record(
        z.string().describe('An operator of IAM conditions.'),
        z.record(z.string().describe('A condition key.'), values).describe('Keys that it compares.'),
      )
      .optional()
      .describe('Conditions in the form of IAM: operator, key, and value or values.'),
  })
  .describe('A statement of IAM that goes into the role of the function.');

/** One statement of `iam`. */
export type IamStatement = z.output<typeof iamStatement>;

/** A statement in one line: what it allows, and where. */
export const inOneLine = ({ actions, resources, conditions }: IamStatement): string =>
  `${actions.join(', ')} on ${resources.join(', ')}${conditions ? ` where ${JSON.stringify(conditions)}` : ''}`;
