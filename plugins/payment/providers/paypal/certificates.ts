import { ProblemError } from '#runtime/contract/errors.ts';
import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { BodyTooLargeError, boundedBody } from './http-client.ts';
import { unsigned } from '../signature.ts';
import type { PayPalConfig } from '../../config.ts';

const HOSTS = {
  live: new Set(['api.paypal.com', 'api-m.paypal.com']),
  sandbox: new Set(['api.sandbox.paypal.com', 'api-m.sandbox.paypal.com']),
} as const;
const PATH = /^\/v1\/notifications\/certs\/[A-Za-z0-9_-]{1,128}$/;
const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
/** One name, directly after `CN=` at the start of a line of the subject, so that no other field can pose as it. */
const SUBJECT = /^CN=(?:[a-z0-9-]+\.)+paypal\.com$/im;
const FETCH_TIMEOUT_MS = 5_000;
const FILE_BYTES_MAX = 65_536;
const CHAIN_MAX = 5;
const RSA_BITS_MIN = 2048;
const CACHE_MS = 24 * 3_600_000;
const CACHE_MAX = 16;

/**
 * The certificate cannot be fetched or verified. Unlike for a forgery, the verification by PayPal's API may still
 * succeed.
 */
export class CertificateUnavailableError extends Error {
  override readonly name = 'CertificateUnavailableError';
  /** PayPal could not be reached, so that a later delivery may pass. */
  readonly temporary: boolean;

  constructor(message: string, temporary: boolean, options?: ErrorOptions) {
    super(message, options);
    this.temporary = temporary;
  }
}

/** Finds the certificates that PayPal signs with. */
export interface Certificates {
  /**
   * The certificate behind a `paypal-cert-url`, checked up to a trusted root.
   * @throws ProblemError 400 for an address that is not PayPal's, before anything is sent
   * @throws CertificateUnavailableError
   */
  leaf(url: string, config: PayPalConfig, nowMs: number): Promise<X509Certificate>;
}

interface Kept {
  readonly chain: readonly X509Certificate[];
  readonly untilMs: number;
}

/** Caches verified certificates for a day; their validity period is checked at every use. */
export function certificateStore(): Certificates {
  const kept = new Map<string, Kept>();
  const fetching = new Map<string, Promise<readonly X509Certificate[]>>();
  const fetchOnce = (url: string): Promise<readonly X509Certificate[]> => {
    const pending = fetching.get(url) ?? fetchChain(url).finally(() => fetching.delete(url));
    fetching.set(url, pending);
    return pending;
  };
  return {
    async leaf(text, config, nowMs) {
      const url = checkedUrl(text, config);
      const known = kept.get(url);
      if (known !== undefined && nowMs < known.untilMs) return trusted(known.chain, url, config, nowMs);
      const chain = await fetchOnce(url);
      const leaf = trusted(chain, url, config, nowMs);
      const [oldest] = kept.keys();
      if (kept.size >= CACHE_MAX && !kept.has(url) && oldest !== undefined) kept.delete(oldest);
      kept.set(url, { chain, untilMs: nowMs + CACHE_MS });
      return leaf;
    },
  };
}

/** Hosts are compared whole: `evilpaypal.com` ends like PayPal's, and so do names with more dots. */
function checkedUrl(text: string, config: PayPalConfig): string {
  const url = URL.parse(text);
  const plain =
    url !== null && url.href === text && !url.username && !url.password && !url.search && !url.hash;
  if (!plain || !PATH.test(url.pathname)) throw unsigned('untrusted-certificate');
  const genuine = url.protocol === 'https:' && url.port === '' && HOSTS[config.mode].has(url.hostname);
  if (!genuine && !isSandbox(url, config)) throw unsigned('untrusted-certificate');
  return url.href;
}

/** `apiBase` exists on stage `local` only. */
const isSandbox = ({ origin }: URL, { apiBase }: PayPalConfig): boolean =>
  apiBase !== undefined && origin === URL.parse(apiBase)?.origin;

async function fetchChain(url: string): Promise<readonly X509Certificate[]> {
  const blocks = (await fetchText(url)).match(PEM_BLOCK) ?? [];
  if (blocks.length === 0 || blocks.length > CHAIN_MAX) throw unsigned('untrusted-certificate');
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (error) {
    throw unsigned('untrusted-certificate', undefined, error);
  }
}

async function fetchText(url: string): Promise<string> {
  try {
    // Redirects are not followed, because they could lead to any host.
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (response.status >= 500) throw new Error(`HTTP ${response.status}`);
    if (!response.ok) throw unsigned('untrusted-certificate');
    return (await boundedBody(response.body, FILE_BYTES_MAX)).toString('latin1');
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    if (error instanceof BodyTooLargeError) throw unsigned('untrusted-certificate', undefined, error);
    throw new CertificateUnavailableError('The certificate cannot be fetched.', true, { cause: error });
  }
}

/** @returns the first certificate, when it is PayPal's and an unbroken chain leads from it to a trusted root */
function trusted(
  [leaf, ...others]: readonly X509Certificate[],
  url: string,
  config: PayPalConfig,
  nowMs: number,
): X509Certificate {
  if (leaf === undefined || leaf.ca || !SUBJECT.test(leaf.subject)) throw unsigned('untrusted-certificate');
  const { asymmetricKeyType, asymmetricKeyDetails } = leaf.publicKey;
  if (asymmetricKeyType !== 'rsa' || (asymmetricKeyDetails?.modulusLength ?? 0) < RSA_BITS_MIN)
    throw unsigned('untrusted-certificate');
  const anchors = [...extraAnchors(config), ...(isSandbox(new URL(url), config) ? selfSigned(others) : [])];
  let current = leaf;
  for (let depth = 0; depth < CHAIN_MAX; depth += 1) {
    if (!isValidAt(current, nowMs))
      throw new CertificateUnavailableError('A certificate is not valid now.', false);
    const root = [...anchors, ...publicRoots()].find((candidate) => isIssuedBy(current, candidate));
    if (root !== undefined && isValidAt(root, nowMs)) return leaf;
    const next = others.find((candidate) => candidate.ca && isIssuedBy(current, candidate));
    if (next === undefined || next === current) break;
    current = next;
  }
  throw new CertificateUnavailableError('The chain leads to no trusted root.', false);
}

const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

const isValidAt = ({ validFromDate, validToDate }: X509Certificate, nowMs: number): boolean =>
  validFromDate.getTime() <= nowMs && nowMs <= validToDate.getTime();

/** The local sandbox signs with a chain whose root it creates at its start. */
const selfSigned = (chain: readonly X509Certificate[]): readonly X509Certificate[] =>
  chain.filter((certificate) => certificate.ca && isIssuedBy(certificate, certificate));

const extraAnchors = ({ webhookRoots = [] }: PayPalConfig): readonly X509Certificate[] =>
  webhookRoots.map((pem) => new X509Certificate(pem));

let roots: readonly X509Certificate[] | undefined;
const publicRoots = (): readonly X509Certificate[] =>
  (roots ??= rootCertificates.map((pem) => new X509Certificate(pem)));
