/** What the specification says, written down a second time: nothing here is taken from the code under test. */

export type Status =
  | 'initiating'
  | 'requires_action'
  | 'processing'
  | 'authorized'
  | 'partially_captured'
  | 'succeeded'
  | 'canceled'
  | 'failed';

const MOVES: readonly `${Status}>${Status}`[] = [
  'initiating>requires_action',
  'initiating>processing',
  'initiating>authorized',
  'initiating>succeeded',
  'initiating>canceled',
  'initiating>failed',
  'requires_action>processing',
  'requires_action>authorized',
  'requires_action>succeeded',
  'requires_action>canceled',
  'requires_action>failed',
  'processing>requires_action',
  'processing>authorized',
  'processing>partially_captured',
  'processing>succeeded',
  'processing>canceled',
  'processing>failed',
  'authorized>processing',
  'authorized>partially_captured',
  'authorized>succeeded',
  'authorized>canceled',
  'authorized>failed',
  'partially_captured>succeeded',
];

/** Moves that only an event of late success may accompany. */
const LATE: readonly `${Status}>${Status}`[] = [
  'canceled>authorized',
  'canceled>partially_captured',
  'canceled>succeeded',
  'failed>authorized',
  'failed>partially_captured',
  'failed>succeeded',
];

export const isMove = (from: Status, to: Status): boolean => MOVES.includes(`${from}>${to}`);
export const isLate = (from: Status, to: Status): boolean => LATE.includes(`${from}>${to}`);

/** The payment status that a PaymentIntent's status stands for. */
export const STATUS_OF_INTENT: Readonly<Record<string, Status>> = {
  requires_payment_method: 'requires_action',
  requires_confirmation: 'requires_action',
  requires_action: 'requires_action',
  processing: 'processing',
  requires_capture: 'authorized',
  succeeded: 'succeeded',
  canceled: 'canceled',
};

/** The event that tells of a status. */
export const STATUS_OF_EVENT: Readonly<Record<string, Status>> = {
  'payment.requires_action.v1': 'requires_action',
  'payment.processing.v1': 'processing',
  'payment.authorized.v1': 'authorized',
  'payment.partially_captured.v1': 'partially_captured',
  'payment.succeeded.v1': 'succeeded',
  'payment.canceled.v1': 'canceled',
  'payment.failed.v1': 'failed',
};
