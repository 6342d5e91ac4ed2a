import { readFileSync, writeFileSync } from 'node:fs';
import { CommandError } from './command-error.ts';

/** Writes a file that only its owner reads. @param isNew refuse to replace one, for this reason */
export function writeOwnFile(file: string, text: string, isNew?: { readonly because: string }): void {
  try {
    writeFileSync(file, text, { mode: 0o600, ...(isNew && { flag: 'wx' }) });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw code === 'EEXIST' && isNew
      ? new CommandError('file-exists', `${file} is there already`, {
          fix: `name a new file: ${isNew.because}`,
          cause,
        })
      : new CommandError('file-not-written', `${file} cannot be written (${code})`, {
          fix: 'name a file in a folder that you may write to',
          cause,
        });
  }
}

/** Reads a file that the user has named. */
export function readOwnFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CommandError(
      'file-unreadable',
      `${file} cannot be read (${(cause as NodeJS.ErrnoException).code})`,
      {
        fix: 'name a file that is there and that you may read',
        cause,
      },
    );
  }
}
