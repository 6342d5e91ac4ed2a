import { compactDecrypt, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { CommandError } from '../command-error.ts';
import type { CommandResult } from '../output/result.ts';
import { readOwnFile, writeOwnFile } from '../own-file.ts';

const ALGORITHM = 'ECDH-ES+A256KW';

/** Makes the key pair of backups: the private key goes to a file that must not exist yet, the public one is printed. */
export async function makeBackupKey(out: string): Promise<CommandResult> {
  const pair = await generateKeyPair(ALGORITHM, { crv: 'X25519', extractable: true });
  const privateKey = await exportJWK(pair.privateKey);
  writeOwnFile(out, `${JSON.stringify(privateKey)}\n`, {
    because: 'without the old key, the backups that were sealed to it would be lost',
  });
  const { x: publicKey } = privateKey;
  return {
    json: { file: out, publicKey },
    show(view) {
      view.line(
        `The private key is in ${out}: keep it where the system is not, since it alone opens backups.`,
      );
      view.line(`Deploy with -c config.backupKey=${publicKey}`, 'ok');
    },
  };
}

/** The key of a backup. @param file with the private key */
export async function openSealedKey(sealedKey: string, file: string | undefined): Promise<string> {
  if (file === undefined) {
    throw new CommandError('backup-key-missing', 'a backup is opened with the private key', {
      fix: 'give the file that backup-key wrote with --backup-key',
    });
  }
  const jwk = readPrivateKey(file);
  try {
    const { plaintext } = await compactDecrypt(sealedKey, await importJWK(jwk, ALGORITHM));
    return Buffer.from(plaintext).toString('utf8');
  } catch (cause) {
    throw new CommandError('backup-key-wrong', `the key in ${file} does not open this backup`, {
      fix: 'give the private key of the public one that the backup was sealed to, its `kid`',
      cause,
    });
  }
}

function readPrivateKey(file: string): JWK {
  const text = readOwnFile(file);
  try {
    const jwk = JSON.parse(text) as JWK;
    if (jwk.crv === 'X25519' && jwk.d !== undefined) return jwk;
  } catch {
    // The parser's message would quote the key.
  }
  throw new CommandError('backup-key-unreadable', `${file} holds no private key of backups`, {
    fix: 'give the file that backup-key wrote',
  });
}
