<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom;

/**
 * A method of Session or RememberMe could not do what it is for: there is no open session that Cloakroom keeps, the session belongs to
 * no user, or the daemon has refused or failed. The message has neither a session id, a token nor the user in it.
 */
final class SessionException extends \RuntimeException
{
}
