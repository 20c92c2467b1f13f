<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/** One of a user's sessions, as Session::sessions() lists them. */
final class UserSession
{
    /**
     * @param string             $tag       how it is named, for Session::end(): 12 hexadecimal digits that do not lead to the id
     * @param \DateTimeImmutable $created   when the first of its ids was made
     * @param \DateTimeImmutable $lastSeen  when it was last used
     * @param string             $network   where it was made, such as `192.0.0.0/16`; empty when that is not known
     * @param string             $browser   by what, such as `Firefox on Windows`; empty when that is not known
     * @param bool               $isCurrent whether it is the one of this request
     */
    public function __construct(
        public readonly string $tag,
        public readonly \DateTimeImmutable $created,
        public readonly \DateTimeImmutable $lastSeen,
        public readonly string $network,
        public readonly string $browser,
        public readonly bool $isCurrent,
    ) {
    }

    /**
     * @internal for Session
     *
     * @return list<self> what a frame of the daemon lists
     */
    public static function listOf(string $frame): array
    {
        $sessions = [];
        $offset = 7;
        for ($count = \unpack('n', $frame, 5)[1]; $count > 0; --$count) {
            ['flags' => $flags, 'created' => $created, 'seen' => $seen] = \unpack('Cflags/Jcreated/Jseen', $frame, $offset + 6);
            $tag = \bin2hex(\substr($frame, $offset, 6));
            $offset += 23;
            $texts = [];
            for ($text = 0; $text < 2; ++$text) {
                $length = \ord($frame[$offset]);
                $texts[] = \substr($frame, $offset + 1, $length);
                $offset += 1 + $length;
            }
            $sessions[] = new self(
                $tag,
                new \DateTimeImmutable("@$created"),
                new \DateTimeImmutable("@$seen"),
                $texts[0],
                $texts[1],
                $flags !== 0,
            );
        }

        return $sessions;
    }
}
