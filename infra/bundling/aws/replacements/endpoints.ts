import type { EndpointParameters, EndpointV2 } from '@smithy/types';

/** The services whose clients the platform itself uses, as their endpoints name them. */
export type Service = 'dynamodb' | 'events' | 'lambda' | 'secretsmanager';

interface Partition {
  readonly regions: RegExp;
  readonly suffix: string;
  readonly dualStackSuffix: string;
}

const AWS: Partition = { regions: /^/, suffix: 'amazonaws.com', dualStackSuffix: 'api.aws' };

/** The partitions beside `aws`, to which every other region belongs. */
const PARTITIONS: readonly Partition[] = [
  { ...AWS, regions: /^us-gov-/ },
  { regions: /^cn-/, suffix: 'amazonaws.com.cn', dualStackSuffix: 'api.amazonwebservices.com.cn' },
  { regions: /^eusc-/, suffix: 'amazonaws.eu', dualStackSuffix: 'api.amazonwebservices.eu' },
  { regions: /^us-iso-/, suffix: 'c2s.ic.gov', dualStackSuffix: 'api.aws.ic.gov' },
  { regions: /^us-isob-/, suffix: 'sc2s.sgov.gov', dualStackSuffix: 'api.aws.scloud' },
  { regions: /^eu-isoe-/, suffix: 'cloud.adc-e.uk', dualStackSuffix: 'api.cloud-aws.adc-e.uk' },
  { regions: /^us-isof-/, suffix: 'csp.hci.ic.gov', dualStackSuffix: 'api.aws.hci.ic.gov' },
];

interface Asked {
  readonly region: string;
  readonly fips: boolean;
  readonly dualStack: boolean;
}

/** GovCloud's usual endpoints of these two are FIPS endpoints already. */
function hasFipsName(service: Service, { region, fips, dualStack }: Asked): boolean {
  if (!fips) return false;
  if (!region.startsWith('us-gov-')) return true;
  return service === 'dynamodb' ? dualStack : service !== 'events';
}

/** Secrets Manager speaks IPv6 at its usual endpoint, but for China's FIPS endpoints and the partitions of their own. */
function hasDualStackName(
  service: Service,
  { region, fips, dualStack }: Asked,
  { suffix }: Partition,
): boolean {
  if (!dualStack || service !== 'secretsmanager') return dualStack;
  return suffix !== AWS.suffix && (fips || !region.startsWith('cn-'));
}

/**
 * The host of a service, as the rules of its client have it.
 * @throws Error for what only those rules know: global endpoints and account-id endpoints
 */
export function endpointOf(service: Service, parameters: EndpointParameters): EndpointV2 {
  const { Region: region, Endpoint: endpoint, UseFIPS, UseDualStack } = parameters;
  const fips = UseFIPS === true;
  const dualStack = UseDualStack === true;
  if (typeof endpoint === 'string') {
    if (fips || dualStack)
      throw new Error('An endpoint of your own is used as it is: switch FIPS and dual stack off');
    return { url: new URL(endpoint), properties: {}, headers: {} };
  }
  if (parameters['EndpointId'] !== undefined)
    throw new Error('Global endpoints of EventBridge are not bundled');
  if (parameters['AccountIdEndpointMode'] === 'required')
    throw new Error('Account-id endpoints are not bundled');
  if (typeof region !== 'string' || region === '') throw new Error('Invalid Configuration: Missing Region');
  const asked = { region, fips, dualStack };
  const partition = PARTITIONS.find(({ regions }) => regions.test(region)) ?? AWS;
  const name = hasFipsName(service, asked) ? `${service}-fips` : service;
  const suffix = hasDualStackName(service, asked, partition) ? partition.dualStackSuffix : partition.suffix;
  return { url: new URL(`https://${name}.${region}.${suffix}`), properties: {}, headers: {} };
}

/** The resolver of a client: one endpoint for all its calls, since their resources do not matter. */
export function resolverOf(service: Service): (parameters: EndpointParameters) => EndpointV2 {
  const known = new Map<string, EndpointV2>();
  return (parameters) => {
    const { Region, Endpoint, UseFIPS, UseDualStack } = parameters;
    const key = [Region, Endpoint, UseFIPS, UseDualStack].join(' ');
    const isPlain =
      parameters['EndpointId'] === undefined && parameters['AccountIdEndpointMode'] !== 'required';
    const endpoint = (isPlain ? known.get(key) : undefined) ?? endpointOf(service, parameters);
    known.set(key, endpoint);
    return endpoint;
  };
}
