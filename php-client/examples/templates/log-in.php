<?php // SPDX-License-Identifier: Apache-2.0
namespace Example; ?>
<form method="post" action="./">
<input type="hidden" name="token" value="<?= e($token) ?>">
<label for="email">E-mail</label>
<input id="email" name="email" type="email" value="<?= e($email) ?>" autocomplete="username" maxlength="254" required aria-invalid="<?= e($isWrong ? 'true' : 'false') ?>">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="72" required aria-invalid="<?= e($isWrong ? 'true' : 'false') ?>">
<label class="check"><input type="checkbox" name="remember" value="yes"> Remember me on this device</label>
<button name="action" value="log in">Log in</button>
</form>
