import { describe, expect, it } from 'vitest';
import type { CustomResource } from '#infra/local/resources/cloudformation.ts';
import { createCustomResources } from '#infra/local/runner/custom-resources.ts';
import { assemblyOf, fakeFunctions, recordingTerminal } from '../aws-endpoint/fixture.ts';

const resource = (logicalId: string, properties: object, type = 'Custom::Thing'): CustomResource => ({
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:app-admin:deployment',
  stack: 'stack',
  logicalId,
  type,
  properties: { ...properties },
});

/** A function of custom resources, which fails for those that say so. */
function system() {
  const asked: unknown[] = [];
  const terminal = recordingTerminal();
  const functions = fakeFunctions(async (event) => {
    const { RequestType, ResourceType, LogicalResourceId, ResourceProperties, OldResourceProperties } = event;
    asked.push(
      [RequestType, ResourceType, LogicalResourceId, ResourceProperties, OldResourceProperties].filter(
        Boolean,
      ),
    );
    const { fails } = ResourceProperties as { fails?: string };
    const answer = fails ? { Status: 'FAILED', Reason: fails } : { Status: 'SUCCESS' };
    await fetch(String(event['ResponseURL']), { method: 'PUT', body: JSON.stringify(answer) });
  });
  const resources = createCustomResources(functions, terminal);
  return {
    terminal,
    apply: async (...customResources: CustomResource[]) => {
      asked.length = 0;
      await resources.apply(assemblyOf({ customResources }));
      return [...asked];
    },
  };
}

describe('custom resources', () => {
  it('are created once, told what has changed, and removed before others are told', async () => {
    const { apply } = system();
    const [a, b] = [resource('A', { n: 1 }), resource('B', { n: 1 })];
    expect(await apply(a, b)).toEqual([
      ['Create', 'Custom::Thing', 'A', { n: 1 }],
      ['Create', 'Custom::Thing', 'B', { n: 1 }],
    ]);
    expect(await apply(a, b)).toEqual([]);
    expect(await apply(resource('B', { n: 2 }), resource('C', {}))).toEqual([
      ['Delete', 'Custom::Thing', 'A', { n: 1 }],
      ['Update', 'Custom::Thing', 'B', { n: 2 }, { n: 1 }],
      ['Create', 'Custom::Thing', 'C', {}],
    ]);
    expect(await apply(a, resource('B', { n: 2 }), resource('C', {}))).toEqual([
      ['Create', 'Custom::Thing', 'A', { n: 1 }],
    ]);
  });

  it('are as they were after a failure, which is reported, and the others go on', async () => {
    const { apply, terminal } = system();
    const fine = resource('B', {});
    await apply(resource('A', { n: 1 }), fine);
    expect(await apply(resource('A', { n: 2, fails: 'no route' }), resource('C', {}))).toHaveLength(3);
    expect(terminal.lines).toEqual(['stack/A: failed: no route']);
    expect(await apply(resource('A', { n: 3 }), resource('C', {}))).toEqual([
      ['Update', 'Custom::Thing', 'A', { n: 3 }, { n: 1 }],
    ]);
  });
});
