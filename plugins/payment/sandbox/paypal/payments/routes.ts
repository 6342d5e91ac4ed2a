import { creates, get, PAYMENTS_MS, post } from '../api/route.ts';
import { retrieve, shown } from '../api/stored.ts';
import { authorizationMinimal, authorizationView } from './authorization-view.ts';
import { captureAuthorization, showVoided, voidAuthorization } from './authorizations.ts';
import { captureMinimal, captureView } from './capture-view.ts';
import { reauthorize } from './reauthorize.ts';

const AUTHORIZATION = '/v2/payments/authorizations/{id}';
const showCapture = shown('capture', captureView, captureMinimal);
const showAuthorization = shown('authorization', authorizationView, authorizationMinimal);

/** `/v2/payments/authorizations` and `/v2/payments/captures`. */
export const paymentRoutes = [
  get(AUTHORIZATION, retrieve('authorization', authorizationView)),
  creates(`${AUTHORIZATION}/capture`, captureAuthorization, showCapture, PAYMENTS_MS),
  creates(`${AUTHORIZATION}/reauthorize`, reauthorize, showAuthorization, PAYMENTS_MS),
  post(`${AUTHORIZATION}/void`, voidAuthorization, { show: showVoided, lifetimeMs: PAYMENTS_MS }),
  get('/v2/payments/captures/{id}', retrieve('capture', captureView)),
];
