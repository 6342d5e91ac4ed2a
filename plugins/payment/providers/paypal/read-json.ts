import { ProviderError } from '../provider-error.ts';
import { unexpected } from './calls.ts';
import { classifyAnswer } from './classify.ts';
import { boundedBody } from './http-client.ts';

/** Gets JSON of PayPal's API without its SDK. @throws ProviderError for every answer that is not 200 with JSON */
export async function readJson(url: string, token: string, timeoutMs: number): Promise<unknown> {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
  });
  const text = (await boundedBody(response.body)).toString();
  if (!response.ok) {
    const debugId = response.headers.get('paypal-debug-id') ?? undefined;
    throw new ProviderError(classifyAnswer(response.status, text, debugId));
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unexpected(error);
  }
}
