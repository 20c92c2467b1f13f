<?php // SPDX-License-Identifier: Apache-2.0
namespace Example; ?>
<p>Hello <strong><?= e($user['name']) ?></strong>, you have been logged in as <?= e($user['email']) ?> since <?= e(Html::template('time', ['time' => new \DateTimeImmutable('@' . $user['since'])])) ?>.</p>
<form method="post" action="./">
<input type="hidden" name="token" value="<?= e($token) ?>">
<button name="action" value="log out">Log out</button>
</form>

<h2 id="sessions">Where you are logged in</h2>
<table role="table" aria-labelledby="sessions">
<thead role="rowgroup">
<tr role="row">
<th role="columnheader" scope="col">Browser</th>
<th role="columnheader" scope="col">Network</th>
<th role="columnheader" scope="col">Created</th>
<th role="columnheader" scope="col">Last seen</th>
<th role="columnheader" scope="col"><span class="spoken">End</span></th>
</tr>
</thead>
<tbody role="rowgroup">
<?php foreach ($sessions as $session) { ?>
<tr role="row">
<td role="cell" data-label="Browser"><?= e($session->browser ?: 'unknown') ?></td>
<td role="cell" data-label="Network"><?= e($session->network ?: 'unknown') ?></td>
<td role="cell" data-label="Created"><?= e(Html::template('time', ['time' => $session->created])) ?></td>
<td role="cell" data-label="Last seen"><?= e(Html::template('time', ['time' => $session->lastSeen])) ?></td>
<td role="cell">
<?php if ($session->isCurrent) { ?>
<span class="current">This one</span>
<?php } else { ?>
<form method="post" action="./">
<input type="hidden" name="token" value="<?= e($token) ?>">
<input type="hidden" name="session" value="<?= e($session->tag) ?>">
<button name="action" value="end">End<span class="spoken"> the session with <?= e($session->browser ?: 'an unknown browser') ?></span></button>
</form>
<?php } ?>
</td>
</tr>
<?php } ?>
</tbody>
</table>
<?php if ($sessions === []) { ?>
<p>Your sessions cannot be listed at the moment.</p>
<?php } ?>
<form method="post" action="./" class="row">
<input type="hidden" name="token" value="<?= e($token) ?>">
<button name="action" value="log out others">Log out other devices</button>
<button name="action" value="log out everywhere">Log out everywhere</button>
</form>
