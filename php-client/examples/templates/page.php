<?php // SPDX-License-Identifier: Apache-2.0
namespace Example; ?>
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><?= e($title) ?></title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<main>
<h1><?= e($title) ?></h1>
<?php foreach ($notices as [$role, $text]) { ?>
<p class="notice" role="<?= e($role) ?>"><?= e($text) ?></p>
<?php } ?>
<?= e($content) ?>
</main>
</body>
</html>
