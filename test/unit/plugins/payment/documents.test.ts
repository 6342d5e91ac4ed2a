import { readFileSync } from 'node:fs';
import { catalog } from '#events/catalog/index.ts';
import { describe, expect, it } from 'vitest';
import { operations } from '../../../../plugins/payment/operations.ts';
import advanced from '../../../../plugins/examples/advanced-plugin/plugin.json' with { type: 'json' };
import manifest from '../../../../plugins/payment/plugin.json' with { type: 'json' };

const readme = readFileSync(new URL('../../../../plugins/payment/README.md', import.meta.url), 'utf8');

describe('the README', () => {
  it('names every event', () => {
    for (const { type } of manifest.events.publishes) {
      expect(readme, type).toContain(`${type.slice(type.indexOf('.'))}\``);
    }
  });
});

describe('the manifest', () => {
  it('publishes what the catalogue has besides the events of the example and of the platform, and every operation has code', () => {
    const typesOf = (contracts: readonly { readonly type: string }[]) => contracts.map(({ type }) => type);
    const others = [...typesOf(advanced.events.publishes), 'plugin.error'];
    expect(typesOf(manifest.events.publishes)).toEqual(
      typesOf(catalog).filter((type) => !others.includes(type)),
    );
    expect(Object.keys(operations).toSorted()).toEqual(Object.keys(manifest.operations).toSorted());
  });
});
