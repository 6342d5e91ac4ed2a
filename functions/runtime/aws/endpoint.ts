/** The services that functions call, as their endpoints name them. */
export type Service =
  | 'apigateway'
  | 'codedeploy'
  | 'dynamodb'
  | 'events'
  | 'lambda'
  | 'secretsmanager'
  | 'xray';

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

/** Where a service is to be reached, and by which of its endpoints. */
export interface EndpointChoice {
  readonly region: string;
  readonly fips: boolean;
  readonly dualStack: boolean;
}

/** GovCloud's usual endpoints of these two are FIPS endpoints already. */
function hasFipsName(service: Service, { region, fips, dualStack }: EndpointChoice): boolean {
  if (!fips) return false;
  if (!region.startsWith('us-gov-')) return true;
  return service === 'dynamodb' ? dualStack : service !== 'events';
}

/** Secrets Manager speaks IPv6 at its usual endpoint, but for China's FIPS endpoints and the partitions of their own. */
function hasDualStackName(
  service: Service,
  { region, fips, dualStack }: EndpointChoice,
  { suffix }: Partition,
): boolean {
  if (!dualStack || service !== 'secretsmanager') return dualStack;
  return suffix !== AWS.suffix && (fips || !region.startsWith('cn-'));
}

/** The endpoint of a service, as the rules of its AWS client have it. */
export function endpointUrl(service: Service, choice: EndpointChoice): URL {
  const { region } = choice;
  const partition = PARTITIONS.find(({ regions }) => regions.test(region)) ?? AWS;
  const name = hasFipsName(service, choice) ? `${service}-fips` : service;
  const suffix = hasDualStackName(service, choice, partition) ? partition.dualStackSuffix : partition.suffix;
  return new URL(`https://${name}.${region}.${suffix}`);
}
