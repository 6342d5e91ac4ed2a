import { createHmac } from 'node:crypto';

/** Signs vouchers with the key of the configuration. */
export interface Vouchers {
  readonly isEnabled: boolean;
  /** The same for the same redemption. @throws Error without a key */
  codeFor(redemptionId: string): string;
  /** Overwrites the key: the environment may live on for hours after the configuration has another. */
  forget(): void;
}

const CODE_LENGTH = 20;

export function createVouchers(signingKey: string | undefined): Vouchers {
  const key = signingKey === undefined ? undefined : Buffer.from(signingKey, 'utf8');
  return {
    isEnabled: key !== undefined,
    codeFor(redemptionId) {
      if (key === undefined) throw new Error('voucher.signingKey is not configured');
      const signature = createHmac('sha256', key).update(redemptionId).digest('base64url');
      return `${redemptionId}.${signature.slice(0, CODE_LENGTH)}`;
    },
    forget: () => void key?.fill(0),
  };
}
