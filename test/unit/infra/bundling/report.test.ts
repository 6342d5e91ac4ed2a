import { expect, test } from 'vitest';
import { formatSizes } from '#infra/bundling/report.ts';

test('sizes stand below each other', () => {
  const sizes = {
    shop: [
      { entry: 'functions/api', bytes: 102_400, gzipBytes: 30_720 },
      { entry: 'functions/b', bytes: 1024, gzipBytes: 512 },
    ],
  };
  expect(formatSizes(sizes).split('\n')).toEqual([
    'shop/functions/api   100.0 KB    30.0 KB gz',
    'shop/functions/b       1.0 KB     0.5 KB gz',
  ]);
});
