<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/**
 * What an open session may ask of the daemon about the sessions of its user, and of others.
 *
 * @internal for Session
 */
final class UserRequests
{
    private const SESSIONS = 10;
    private const END = 11;

    private const SESSIONS_ARE = "\x89";
    private const ENDED = "\x8a";

    public function __construct(private readonly OpenSession $session)
    {
    }

    /** @throws SessionException */
    public function identify(#[\SensitiveParameter] string $user): void
    {
        if ($this->session->isReadOnly) {
            throw new SessionException('the session was opened read-only, and whom it belongs to is not saved');
        }
        $this->session->user->identify($user);
    }

    /**
     * @return string the frame that lists a user's sessions
     *
     * @throws SessionException
     */
    public function list(#[\SensitiveParameter] ?string $user): string
    {
        return $this->ask(self::SESSIONS, '', $user, '', self::SESSIONS_ARE);
    }

    /**
     * Ends sessions of a user, and answers how many.
     *
     * @param int    $which as the field of END
     * @param string $tag   of the one, if it is one
     *
     * @throws SessionException
     */
    public function end(int $which, #[\SensitiveParameter] ?string $user, string $tag = ''): int
    {
        $answer = $this->ask(self::END, \chr($which), $user, $tag, self::ENDED);
        if ($answer[5] !== "\0") {
            $this->session->noteEnd();
        }

        return \unpack('N', $answer, 6)[1];
    }

    /** @throws SessionException */
    private function ask(
        int $operation,
        string $which,
        #[\SensitiveParameter] ?string $user,
        string $tag,
        string $expected,
    ): string {
        $connection = $this->session->connection;
        $fields = $which . $this->session->user->field($user, $connection->sessionKey) . $this->session->reference . $tag;
        try {
            $answer = $connection->ask(Frame::of($operation, $fields));
            if ($answer[4] !== $expected) {
                throw $connection->unexpected();
            }
        } catch (Failure $failure) {
            throw new SessionException($failure->getMessage(), $failure->getCode());
        }

        return $answer;
    }
}
