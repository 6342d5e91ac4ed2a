import { RemovalPolicy } from 'aws-cdk-lib';
import type { Deployment } from '../deployment/deployment.ts';

/** What holds data outlives its stack outside of local, except when its very creation fails. */
export const removalPolicyOf = ({ isLocal }: Pick<Deployment, 'isLocal'>): RemovalPolicy =>
  isLocal ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
