import { createHmac } from 'node:crypto';

/** The `Stripe-Signature` header: one `v1` for each active secret, over `<seconds>.<body>`. */
export function signatureHeader(body: string, secrets: readonly string[], atMs: number): string {
  const seconds = Math.floor(atMs / 1000);
  const parts = secrets.map((secret) => {
    const digest = createHmac('sha256', secret).update(`${seconds}.${body}`, 'utf8').digest('hex');
    return `v1=${digest}`;
  });
  return [`t=${seconds}`, ...parts].join(',');
}
