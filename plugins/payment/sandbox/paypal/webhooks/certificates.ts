import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { Account } from '../account.ts';
import type { PkiRecord } from '../store/records.ts';
import { bits, der, nothing, octets, oid, sequence, serial, set, small, utcTime, utf8, yes } from './der.ts';

const SUBJECT = 'messageverificationcerts.sandbox.paypal.com';
const ISSUER = 'PayPal sandbox test CA';
const DAY_MS = 86_400_000;
const VALID_DAYS = 3650;

const SHA256_WITH_RSA = sequence(oid('1.2.840.113549.1.1.11'), nothing());
const CONTEXT_0 = 0xa0;
const CONTEXT_3 = 0xa3;

interface Subject {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly isCa: boolean;
}

/** A test CA, and a certificate of it with PayPal's kind of name for the key that signs webhooks. */
function makePki(nowMs: number): PkiRecord {
  const [ca, leaf] = [newKey(), newKey()];
  const issue = (subject: Subject) => certificate(subject, ca.privateKey, nowMs);
  return {
    certId: `CERT-${randomBytes(4).toString('hex')}-${randomBytes(4).toString('hex')}`,
    caPem: issue({ name: ISSUER, publicKey: ca.publicKey, isCa: true }),
    leafPem: issue({ name: SUBJECT, publicKey: leaf.publicKey, isCa: false }),
    privateKeyPem: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function newKey() {
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

/** An X.509 v3 certificate (RFC 5280), signed by the CA. */
function certificate({ isCa, name, publicKey }: Subject, caKey: KeyObject, nowMs: number): string {
  const validity = sequence(
    utcTime(new Date(nowMs - DAY_MS)),
    utcTime(new Date(nowMs + VALID_DAYS * DAY_MS)),
  );
  const body = sequence(
    der(CONTEXT_0, small(2)),
    serial(),
    SHA256_WITH_RSA,
    commonName(ISSUER),
    validity,
    commonName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(CONTEXT_3, extensions(isCa)),
  );
  const whole = sequence(body, SHA256_WITH_RSA, bits(sign('sha256', body, caKey)));
  const lines = whole.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

function commonName(name: string): Buffer {
  return sequence(set(sequence(oid('2.5.4.3'), utf8(name))));
}

/** Basic constraints and key usage, both critical: the CA signs certificates, the leaf signs messages. */
function extensions(isCa: boolean): Buffer {
  const critical = (id: string, value: Uint8Array) => sequence(oid(id), yes(), octets(value));
  const usage = isCa ? bits(Buffer.from([0x06]), 1) : bits(Buffer.from([0x80]), 7);
  return sequence(critical('2.5.29.19', isCa ? sequence(yes()) : sequence()), critical('2.5.29.15', usage));
}

const known = new WeakMap<Account['store'], PkiRecord>();

/** The sandbox's certificates, made when they are first needed; a reset does not change them, nor a restart. */
export function pkiOf(account: Account): PkiRecord {
  const pki = known.get(account.store) ?? account.store.get('pki', 'current') ?? makePki(account.realNowMs());
  known.set(account.store, pki);
  if (!account.store.get('pki', 'current')) account.store.put('pki', 'current', pki);
  return pki;
}

/** Where the certificates of the sandbox are found. */
export function certUrl(account: Account): string {
  return `${account.origin()}/v1/notifications/certs/${pkiOf(account).certId}`;
}
