import type { Route } from '../api/route.ts';
import {
  createPaymentToken,
  deletePaymentToken,
  getPaymentToken,
  listPaymentTokens,
  showPaymentToken,
} from './payment-tokens.ts';
import { createSetupToken, getSetupToken, showSetupToken } from './setup-tokens.ts';

const LIFETIME_MS = 3 * 3_600_000;

const SETUP = /^\/v3\/vault\/setup-tokens$/;
const TOKENS = /^\/v3\/vault\/payment-tokens$/;
const TOKEN = /^\/v3\/vault\/payment-tokens\/([\w-]+)$/;

/** Saved accounts of payers. */
export const vaultRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: SETUP,
    run: createSetupToken,
    replay: { show: showSetupToken, lifetimeMs: LIFETIME_MS },
  },
  { method: 'GET', path: /^\/v3\/vault\/setup-tokens\/([\w-]+)$/, run: getSetupToken },
  {
    method: 'POST',
    path: TOKENS,
    run: createPaymentToken,
    replay: { show: showPaymentToken, lifetimeMs: LIFETIME_MS },
  },
  { method: 'GET', path: TOKENS, run: listPaymentTokens },
  { method: 'GET', path: TOKEN, run: getPaymentToken },
  { method: 'DELETE', path: TOKEN, run: deletePaymentToken },
];
