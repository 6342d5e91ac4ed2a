import { expect, test } from 'vitest';
import { startHttp } from '../support/http-server.ts';
import { auditDependencies, verdictOf } from '../support/audit.ts';

test('vulnerabilities fail, each with its advisory', () => {
  const via = [{ title: 'Prototype pollution', url: 'https://github.com/advisories/GHSA-1' }];
  const vulnerabilities = {
    leaf: { severity: 'high', range: '<2.0.0', via },
    parent: { severity: 'high', range: '*', via: ['leaf'] },
  };
  expect(verdictOf({ vulnerabilities })).toEqual({
    passed: false,
    lines: [
      'high leaf <2.0.0: Prototype pollution https://github.com/advisories/GHSA-1',
      'high parent *: by leaf',
    ],
  });
});

test('a report without any passes', () => {
  expect(verdictOf({ vulnerabilities: {} })).toMatchObject({ passed: true });
});

test('a registry that answers no audits is said, by npm itself', async () => {
  const registry = await startHttp(() => ({ status: 405, body: {} }));
  try {
    const { passed, lines } = await auditDependencies(['--registry', registry.url]);
    expect(passed).toBe(true);
    expect(lines.join()).toMatch(/NOT checked .*405 Method Not Allowed/);
  } finally {
    await registry.stop();
  }
});
