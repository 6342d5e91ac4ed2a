import { describe, expect, it } from 'vitest';
import { nearest } from '#runtime/nearest.ts';

const payment = ['amount', 'amountMinor', 'currency', 'captureMethod', 'customerId', 'paymentMethodId', 'to'];

describe('the nearest known name', () => {
  it.each([
    ['memoryMB', ['memoryMb', 'entry'], 'memoryMb'],
    ['tabels', ['tables', 'functions'], 'tables'],
    ['plan', ['customerId', 'planId', 'provider'], 'planId'],
    ['customer', payment, 'customerId'],
    ['amount_minor', payment, 'amountMinor'],
    ['AMOUNTMINOR', payment, 'amountMinor'],
    ['amountMinr', payment, 'amountMinor'],
    ['payment-method-id', payment, 'paymentMethodId'],
    ['paymentMethod', payment, 'paymentMethodId'],
    ['curency', payment, 'currency'],
    ['currencyCode', payment, 'currency'],
    ['methodId', payment, 'paymentMethodId'],
    ['age', ['language'], undefined],
    ['zzz', ['tables', 'functions'], undefined],
    ['id', payment, undefined],
    ['', payment, undefined],
    ['__', payment, undefined],
    ['x'.repeat(101), ['x'.repeat(100)], undefined],
    ['anything', [], undefined],
  ])('of %s', (given, known, expected) => {
    expect(nearest(given, known)).toBe(expected);
  });
});
