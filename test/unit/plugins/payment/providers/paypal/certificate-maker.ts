import { type KeyObject, generateKeyPairSync, sign } from 'node:crypto';
import {
  bits,
  der,
  nothing,
  octets,
  oid,
  sequence,
  serial,
  set,
  small,
  utcTime,
  utf8,
  yes,
} from '../../../../../../plugins/payment/sandbox/paypal/webhooks/der.ts';

const SHA256_WITH_RSA = sequence(oid('1.2.840.113549.1.1.11'), nothing());
const DAY_MS = 86_400_000;

export interface Subject {
  readonly name: string;
  readonly isCa?: boolean;
  readonly issuer?: Party;
  readonly modulusLength?: number;
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** A certificate with its private key. */
export interface Party {
  readonly name: string;
  readonly pem: string;
  readonly privateKey: KeyObject;
}

/** An X.509 certificate, signed by its issuer or by itself. */
export function makeCertificate({
  name,
  isCa = false,
  issuer,
  modulusLength = 2048,
  fromMs = Date.now() - DAY_MS,
  toMs = Date.now() + DAY_MS,
}: Subject): Party {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
  const named = (text: string) => sequence(set(sequence(oid('2.5.4.3'), utf8(text))));
  const constraints = octets(isCa ? sequence(yes()) : sequence());
  const body = sequence(
    der(0xa0, small(2)),
    serial(),
    SHA256_WITH_RSA,
    named(issuer?.name ?? name),
    sequence(utcTime(new Date(fromMs)), utcTime(new Date(toMs))),
    named(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(sequence(oid('2.5.29.19'), yes(), constraints))),
  );
  const signature = bits(sign('sha256', body, issuer?.privateKey ?? privateKey));
  const base64 = sequence(body, SHA256_WITH_RSA, signature).toString('base64');
  const lines = base64.replaceAll(/.{64}(?=.)/g, '$&\n');
  return {
    name,
    pem: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    privateKey,
  };
}
