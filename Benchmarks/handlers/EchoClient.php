<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

/**
 * The floor: what Cloakroom's handler sends and receives, sent to Benchmarks/floor/echo.c and received from it, with nothing done
 * at either end and without PHP's session functions. docs/protocol.md has the frames; the field `wait` is used for the number of bytes
 * that the answer shall have.
 */
final class EchoClient implements Client
{
    private const NAME = "\x09PHPSESSID\x00\x20";
    /** @var resource */
    private $stream;
    private string $answer = '';
    /** @var array<string, int> */
    private array $sizes = [];
    /** @var array<string, int> */
    private array $visits = [];
    /** @var array<int, string> */
    private array $contents = [];

    public function __construct(string $socket)
    {
        $stream = stream_socket_client("unix://$socket", $code, $message);
        $this->stream = $stream ?: throw new RuntimeException("echo: $message");
        stream_set_read_buffer($this->stream, 0);
    }

    public function create(int $size): string
    {
        $this->contents[$size] ??= random_bytes($size);
        $id = bin2hex(random_bytes(16));
        $this->sizes[$id] = $size;
        $this->read($id, 0);
        $this->write($id);
        $this->visits[$id] = 0;

        return $id;
    }

    public function changed(string $id): int
    {
        $this->read($id, $this->sizes[$id]);
        $opened = hrtime(true);
        $this->write($id);
        $this->visits[$id] = ($this->visits[$id] ?? 0) + 1;

        return $opened;
    }

    public function unchanged(string $id): void
    {
        $this->read($id, $this->sizes[$id]);
        fwrite($this->stream, pack('NCCJN', 58, 4, 1, 1, 1440) . self::NAME . $id);
    }

    public function readAndClose(string $id): void
    {
        $this->read($id, $this->sizes[$id]);
        fwrite($this->stream, "\0\0\0\1\5");
    }

    public function check(int $size): void
    {
        // FOUND with that many bytes, or WRITTEN.
        if (!in_array(strlen($this->answer), [14 + $size, 13], true)) {
            throw new RuntimeException('the echo is not what was asked for');
        }
    }

    public function visits(string $id): int
    {
        return $this->visits[$id];
    }

    private function read(string $id, int $size): void
    {
        $this->ask(pack('NCCN', 50, 2, 1, $size) . self::NAME . $id);
    }

    private function write(string $id): void
    {
        $size = $this->sizes[$id];
        $this->ask(pack('NCCJJN', 66 + $size, 3, 1, 1, 1, 1440) . self::NAME . $id . $this->contents[$size]);
    }

    private function ask(string $frame): void
    {
        fwrite($this->stream, $frame);
        $answer = (string) fread($this->stream, 65536);
        $missing = 4 + unpack('N', $answer)[1] - strlen($answer);
        while ($missing > 0) {
            $more = (string) fread($this->stream, $missing);
            if ($more === '') {
                throw new RuntimeException('the echo has ended');
            }
            $answer .= $more;
            $missing -= strlen($more);
        }
        $this->answer = $answer;
    }
}
