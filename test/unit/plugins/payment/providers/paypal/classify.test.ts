import { ApiError, ArgumentsValidationError } from '@paypal/paypal-server-sdk';
import { describe, expect, it } from 'vitest';
import { classify } from '../../../../../../plugins/payment/providers/paypal/classify.ts';
import type { ProviderErrorClass } from '../../../../../../plugins/payment/providers/provider-error.ts';

const apiError = (statusCode: number, body: string, headers: Record<string, string> = {}) => {
  const request = { method: 'POST', url: 'https://api-m.paypal.com/x', headers: {} } as const;
  return new ApiError({ request, response: { statusCode, body, headers } }, 'refused');
};
const withIssue = (status: number, issue: string, more: object = {}) =>
  apiError(status, JSON.stringify({ name: 'X', details: [{ issue, ...more }], debug_id: 'd1' }));

describe('classify', () => {
  const issues: readonly (readonly [number, string, ProviderErrorClass])[] = [
    [422, 'INSTRUMENT_DECLINED', 'declined'],
    [422, 'PAYER_CANNOT_PAY', 'declined'],
    [422, 'TRANSACTION_REFUSED', 'declined'],
    [403, 'PAYER_ACCOUNT_RESTRICTED', 'declined'],
    [422, 'ORDER_ALREADY_CAPTURED', 'already_done'],
    [422, 'ORDER_ALREADY_AUTHORIZED', 'already_done'],
    [422, 'ORDER_NOT_APPROVED', 'already_done'],
    [422, 'AUTHORIZATION_ALREADY_CAPTURED', 'already_done'],
    [422, 'AUTHORIZATION_VOIDED', 'already_done'],
    [422, 'CAPTURE_FULLY_REFUNDED', 'already_done'],
    [422, 'PREVIOUSLY_VOIDED', 'already_done'],
    [422, 'PREVIOUSLY_CAPTURED', 'already_done'],
    [422, 'DUPLICATE_INVOICE_ID', 'already_done'],
    [422, 'PREVIOUS_REQUEST_IN_PROGRESS', 'in_progress'],
    [409, 'ORDER_COMPLETION_IN_PROGRESS', 'in_progress'],
    [409, 'SOMETHING', 'in_progress'],
    [422, 'PAYPAL_REQUEST_ID_PREVIOUSLY_USED', 'unknown'],
    [422, 'CURRENCY_NOT_SUPPORTED', 'invalid'],
    [422, 'DECIMAL_PRECISION', 'invalid'],
    [400, 'INVALID_PARAMETER_VALUE', 'invalid'],
    [422, 'REFUND_AMOUNT_EXCEEDED', 'invalid'],
    [422, 'PENDING_CAPTURE', 'invalid'],
    [422, 'REFUND_TIME_LIMIT_EXCEEDED', 'invalid'],
    [422, 'MAX_NUMBER_OF_REFUNDS_EXCEEDED', 'invalid'],
    [422, 'REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK', 'invalid'],
    [422, 'CAPTURE_DISPUTED_PARTIAL_REFUND_NOT_ALLOWED', 'invalid'],
    [422, 'MAX_CAPTURE_AMOUNT_EXCEEDED', 'invalid'],
    [422, 'SUBSCRIPTION_STATUS_INVALID', 'already_done'],
    [404, 'SOMETHING', 'invalid'],
    [401, 'SOMETHING', 'auth'],
    [403, 'PERMISSION_DENIED', 'auth'],
    [429, 'RATE_LIMIT_REACHED', 'rate_limited'],
    [408, 'SOMETHING', 'unknown'],
    [500, 'INTERNAL_SERVICE_ERROR', 'unknown'],
    [503, 'SERVICE_UNAVAILABLE', 'unknown'],
  ];
  it.each(issues)('%i %s is %s', (status, issue, expected) => {
    expect(classify(withIssue(status, issue))).toMatchObject({
      class: expected,
      code: issue,
      requestId: 'd1',
    });
  });

  it('tells that there is no such object, which is definitive, with the code of PayPal', () => {
    const issue = (name: string) => ({ name: 'RESOURCE_NOT_FOUND', details: [{ issue: name }] });
    for (const body of [
      issue('INVALID_RESOURCE_ID'),
      issue('X'),
      { name: 'RESOURCE_NOT_FOUND', details: undefined },
    ])
      expect(classify(apiError(404, JSON.stringify(body)))).toMatchObject({
        class: 'invalid',
        code: body.details?.[0]?.issue ?? 'RESOURCE_NOT_FOUND',
        missing: true,
      });
    // Neither a path that nobody serves, nor a wrong id inside of a request.
    expect(classify(apiError(404, '<html>'))).toMatchObject({
      class: 'invalid',
      code: 'unspecified',
      missing: false,
      httpStatus: 404,
    });
    expect(classify(withIssue(400, 'INVALID_RESOURCE_ID'))).toMatchObject({
      code: 'INVALID_RESOURCE_ID',
      missing: false,
    });
  });

  it('finds the telling issue behind another', () => {
    const details = [{ issue: 'UNTOLD', field: '/a' }, { issue: 'INSTRUMENT_DECLINED' }];
    const told = classify(apiError(422, JSON.stringify({ details })));
    expect(told).toMatchObject({ class: 'declined', code: 'UNTOLD', param: '/a' });
  });

  it.each([
    [401, '{"error":"invalid_client","error_description":"secret"}', 'auth', 'invalid_client'],
    [503, '<html>down</html>', 'unknown', 'unspecified'],
    [400, '', 'invalid', 'unspecified'],
    [429, 'null', 'rate_limited', 'unspecified'],
    [400, '{"details":"x","name":7}', 'invalid', 'unspecified'],
    [400, '{"details":[null,{"issue":{}}],"name":"INVALID_REQUEST"}', 'invalid', 'INVALID_REQUEST'],
  ])('reads a body of any shape: %i %s', (status, body, errorClass, code) => {
    const details = classify(apiError(status, body, { 'PayPal-Debug-Id': 'd2' }));
    expect(details).toMatchObject({ class: errorClass, code, requestId: 'd2', httpStatus: status });
    expect(JSON.stringify(details)).not.toContain('secret');
  });

  it('knows nothing of what is no answer of the API', () => {
    for (const error of [new Error('socket hang up'), new SyntaxError('<html>'), 'x', undefined])
      expect(classify(error).class).toBe('unknown');
  });

  it('knows that what does not fit our own call was never sent', () => {
    expect(classify(new ArgumentsValidationError({})).class).toBe('invalid');
  });
});
