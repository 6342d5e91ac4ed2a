import { createRequire } from 'node:module';

/** Version of the embedded engine whose file format the stream store knows. */
export const ENGINE_VERSION = '1.2.1';

/** Where the embedded engine is published for: packages of other names do not exist. */
const PUBLISHED: readonly string[] = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-x64'];

/** A kind of machine, as Node.js names it. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
}

/** The npm package that carries the embedded engine for a machine; undefined where none is published. */
export function enginePackage({ platform, arch }: Machine): string | undefined {
  const name = `${platform}-${arch}`;
  return PUBLISHED.includes(name) ? `@dynoxide/${name}` : undefined;
}

/** Path of the embedded engine's program; undefined when its package is not installed. */
export function engineBinary(packageName: string): string | undefined {
  const file = packageName.includes('/win32-') ? 'dynoxide.exe' : 'dynoxide';
  try {
    return createRequire(import.meta.url).resolve(`${packageName}/${file}`);
  } catch {
    return undefined;
  }
}
