import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as semver from 'semver';
import { type Check, fail, ok, warn } from './check.ts';

/** Major version of Node.js on Lambda, which the scripts of package.json bring along. */
const LAMBDA_NODE = 24;
/** Later command lines of CDK: npm's `latest`, 3.0.0, is a stray build that cannot read today's assemblies. */
const CDK_CLI = { range: '~2.1148.0', install: 'npm install --save-dev --save-exact aws-cdk@2.1148.1' };

/** @param version of Node.js that runs the command, e.g. `24.21.0` */
export function checkNode(version: string): Check {
  if (semver.lt(version, '20.0.0')) return fail('node', version, 'install Node.js 20 or newer');
  return semver.major(version) === LAMBDA_NODE
    ? ok('node', `${version}, as on Lambda`)
    : warn(
        'node',
        `${version}, while Lambda runs ${LAMBDA_NODE}`,
        'start by npm run, which takes the one of npm ci',
      );
}

/** The version of the CDK command line, which npm would update past what reads the assembly. */
export function checkCdk(rootDir: string): Check {
  const version = installedCdk(rootDir);
  if (version === undefined)
    return warn('aws-cdk', 'not installed, so that nothing can be deployed', 'run npm ci');
  if (!semver.satisfies(version, CDK_CLI.range)) {
    return fail(
      'aws-cdk',
      `${version} cannot read this assembly; it has to be ${CDK_CLI.range}`,
      CDK_CLI.install,
    );
  }
  const declared = declaredCdk(rootDir);
  if (declared !== undefined && semver.valid(declared) === null) {
    return warn('aws-cdk', `${version}, but package.json lets npm take "${declared}"`, CDK_CLI.install);
  }
  return ok('aws-cdk', version);
}

function installedCdk(rootDir: string): string | undefined {
  try {
    const file = createRequire(join(rootDir, 'package.json')).resolve('aws-cdk/package.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
  } catch {
    return undefined;
  }
}

function declaredCdk(rootDir: string): string | undefined {
  const { devDependencies = {} } = JSON.parse(readFileSync(join(rootDir, 'package.json'), 'utf8')) as {
    readonly devDependencies?: Readonly<Record<string, string>>;
  };
  return devDependencies['aws-cdk'];
}
