import type Stripe from 'stripe';
import { clearableText } from '../api/params.ts';

const NAMES =
  'access_activity_log billing_address cancellation_policy cancellation_policy_disclosure ' +
  'cancellation_rebuttal customer_communication customer_email_address customer_name ' +
  'customer_purchase_ip customer_signature duplicate_charge_documentation duplicate_charge_explanation ' +
  'duplicate_charge_id product_description receipt refund_policy refund_policy_disclosure ' +
  'refund_refusal_explanation service_date service_documentation shipping_address shipping_carrier ' +
  'shipping_date shipping_documentation shipping_tracking_number uncategorized_file uncategorized_text';

/** What a merchant may say to a dispute; enhanced evidence and appeals are not known here. */
export const evidenceParams = Object.fromEntries(NAMES.split(' ').map((name) => [name, clearableText]));

/** A dispute nobody has answered yet. */
export const NO_EVIDENCE = {
  ...Object.fromEntries(NAMES.split(' ').map((name) => [name, null])),
  enhanced_evidence: {},
} as unknown as Stripe.Dispute.Evidence;
