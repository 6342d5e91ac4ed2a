import { expect, it } from 'vitest';
import { forEach, jsonOf } from '../../support/raw-http.ts';
import { effectsOf } from './effects.ts';
import { exampleRequest, fieldDocument, type HttpOperation } from './operations.ts';
import type { SecuredSystem } from './secured-system.ts';

const NOT_FOUND = /^[a-z-]+-not-found$/;

/** Every operation on an object, by a tenant that does not own it. @param count is told the number of cases */
export function foreignTenantTests(system: () => SecuredSystem, count: (number: number) => void): void {
  it('finds no object of this one', async () => {
    const { operations, fields, objects, send, headersOf, graphql, platform } = system();
    const headers = await headersOf({ tenant: 'other' });
    const isOwned = ({ path }: { readonly path: string }) => Object.keys(objects.valuesFor(path)).length > 0;
    const owned = operations.filter(isOwned);
    const ownedFields = fields.filter(isOwned);
    // Its own tenant reads each of them, so that a 404 is not that of a wrong id.
    expect(await unreadable(system(), owned)).toEqual([]);
    count(owned.length + ownedFields.length);
    const faults: string[] = [];
    const effects = await effectsOf(platform, async () => {
      await forEach(owned, async (operation) => {
        const example = exampleRequest(operation, objects.valuesFor(operation.path));
        const answer = await send({ ...example, headers: [...(example.headers ?? []), ...headers] });
        const isRefused = answer.status === 404 && NOT_FOUND.test(jsonOf(answer)?.code);
        if (!isRefused) faults.push(`${operation.id}: ${answer.status} ${answer.text}`);
      });
      await forEach(ownedFields, async (field) => {
        const { body } = await graphql(fieldDocument(field, objects.valuesFor(field.path)), headers);
        const isRefused = NOT_FOUND.test(body.errors?.[0]?.extensions.code);
        if (!isRefused || body.data?.[field.name]) faults.push(`${field.name}: ${JSON.stringify(body)}`);
      });
    });
    expect(faults).toEqual([]);
    expect(effects).toMatchObject({ providerCalls: [], writes: [] });
    expect(Math.min(owned.length, ownedFields.length)).toBeGreaterThanOrEqual(15);
  });
}

/** The operations that do not show an object to the tenant that owns it. */
async function unreadable(
  { objects, send, ownHeaders }: SecuredSystem,
  operations: readonly HttpOperation[],
): Promise<readonly string[]> {
  const reads = operations.filter(({ method }) => method === 'GET');
  const answers = await forEach(reads, async (operation) => {
    const example = exampleRequest(operation, objects.valuesFor(operation.path));
    const answer = await send({ ...example, headers: ownHeaders });
    return answer.status === 200 ? '' : `${operation.id}: ${answer.status} ${answer.text}`;
  });
  return answers.filter(Boolean);
}
