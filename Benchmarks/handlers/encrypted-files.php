<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

/*
 * Encryption inside PHP over `files`, as articles about it have it: a subclass of PHP's own handler that encrypts in write() and
 * decrypts in read(). For comparison only. The key is where the attacker of the application is, and whoever can list the
 * directory has every session id.
 *
 * Prepended to each page with auto_prepend_file; the key is in the environment, in base64.
 */
final class EncryptedFilesHandler extends SessionHandler
{
    private const CIPHER = 'aes-256-gcm';
    private const NONCE = 12;
    private const TAG = 16;

    public function __construct(private readonly string $key)
    {
    }

    public function read(string $id): string|false
    {
        $sealed = parent::read($id);
        if ($sealed === false || $sealed === '') {
            return $sealed;
        }
        $data = openssl_decrypt(
            substr($sealed, self::NONCE + self::TAG),
            self::CIPHER,
            $this->key,
            OPENSSL_RAW_DATA,
            substr($sealed, 0, self::NONCE),
            substr($sealed, self::NONCE, self::TAG),
            $id,
        );
        if ($data === false) {
            trigger_error('the session does not authenticate', E_USER_WARNING);
        }

        return $data;
    }

    public function write(string $id, string $data): bool
    {
        $nonce = random_bytes(self::NONCE);
        $sealed = openssl_encrypt($data, self::CIPHER, $this->key, OPENSSL_RAW_DATA, $nonce, $tag, $id, self::TAG);

        return parent::write($id, $nonce . $tag . $sealed);
    }
}

session_set_save_handler(new EncryptedFilesHandler(base64_decode((string) getenv('BENCH_KEY'), true)), true);
// It says that it has succeeded also when the pool fixes another handler.
if (session_module_name() !== 'user') {
    throw new RuntimeException('the handler that encrypts could not be set');
}
