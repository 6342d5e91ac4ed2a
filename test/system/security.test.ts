import { afterAll, beforeAll, describe } from 'vitest';
import { fuzzTests } from './security/fuzz.ts';
import { authorizationMatrix } from './security/matrix.ts';
import { type SecuredSystem, startSecuredSystem } from './security/secured-system.ts';
import { tenantTests } from './security/tenants.ts';
import { wireTests } from './security/wire.ts';

let system: SecuredSystem;

beforeAll(async () => {
  system = await startSecuredSystem();
});
afterAll(() => system?.stop());

describe('authorization', () => authorizationMatrix(() => system));

describe('another tenant', () => tenantTests(() => system));

describe('a connection', () => wireTests(() => system));

describe('a client that sends anything', () => fuzzTests(() => system));
