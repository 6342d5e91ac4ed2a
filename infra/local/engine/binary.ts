import { createRequire } from 'node:module';
import { StartupError } from '../errors.ts';

/** The npm package that carries the engine for a platform; the packages of all platforms are named alike. */
export function enginePackage(platform: string = process.platform, arch: string = process.arch): string {
  return `@dynoxide/${platform}-${arch}`;
}

/** Path of the engine's program. @throws StartupError when the optional package is not installed */
export function engineBinary(packageName = enginePackage()): string {
  const file = packageName.includes('/win32-') ? 'dynoxide.exe' : 'dynoxide';
  try {
    return createRequire(import.meta.url).resolve(`${packageName}/${file}`);
  } catch {
    throw new StartupError(
      'engine-missing',
      `no DynamoDB engine: install it (npm i -O ${packageName}@1.2.1), or set DYNAMODB_ENDPOINT to a running one`,
    );
  }
}
