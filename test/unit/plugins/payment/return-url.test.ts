import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { returnUrl } from '../../../../plugins/payment/api/schemas.ts';
import { paymentConfig } from '../../../../plugins/payment/config.ts';

const configured = (url: string) =>
  z.safeParse(paymentConfig, {
    stripe: {
      secretKey: 'sk_test_x',
      publishableKey: 'pk_test_x',
      webhookSecret: 'whsec_x',
      returnUrl: url,
    },
  }).success;

describe('where a payer is sent back to', () => {
  it.each(['https://shop.example/back?id=1', 'http://localhost:8080/', 'shop-app://paid'])(
    'may be %s',
    (url) => {
      expect([z.safeParse(returnUrl, url).success, configured(url)]).toEqual([true, true]);
    },
  );

  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    ' javascript:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://shop.example/1',
    'not an address',
  ])('may not be %j', (url) => {
    expect([z.safeParse(returnUrl, url).success, configured(url)]).toEqual([false, false]);
  });
});
