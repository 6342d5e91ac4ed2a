import type Stripe from 'stripe';
import { clearableText } from '../api/params.ts';

/** What a merchant may say to a dispute; enhanced evidence and appeals are not known here. */
export const evidenceParams = {
  access_activity_log: clearableText,
  billing_address: clearableText,
  cancellation_policy: clearableText,
  cancellation_policy_disclosure: clearableText,
  cancellation_rebuttal: clearableText,
  customer_communication: clearableText,
  customer_email_address: clearableText,
  customer_name: clearableText,
  customer_purchase_ip: clearableText,
  customer_signature: clearableText,
  duplicate_charge_documentation: clearableText,
  duplicate_charge_explanation: clearableText,
  duplicate_charge_id: clearableText,
  product_description: clearableText,
  receipt: clearableText,
  refund_policy: clearableText,
  refund_policy_disclosure: clearableText,
  refund_refusal_explanation: clearableText,
  service_date: clearableText,
  service_documentation: clearableText,
  shipping_address: clearableText,
  shipping_carrier: clearableText,
  shipping_date: clearableText,
  shipping_documentation: clearableText,
  shipping_tracking_number: clearableText,
  uncategorized_file: clearableText,
  uncategorized_text: clearableText,
};

/** A dispute nobody has answered yet. */
export const NO_EVIDENCE = {
  ...Object.fromEntries(Object.keys(evidenceParams).map((name) => [name, null])),
  enhanced_evidence: {},
} as unknown as Stripe.Dispute.Evidence;
