<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

/*
 * A small application as every tutorial has it: it asks for name and e-mail, and greets on the next visit.
 * It knows nothing of Cloakroom. Sessions are PHP's own functions and $_SESSION.
 */

function text(mixed $value): string
{
    return is_string($value) ? trim($value) : '';
}

function html(string $text): string
{
    return htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
}

/** Back to the page by GET, so that a reload does not send the form again. */
function backToPage(): never
{
    header('Location: /', true, 303);
    exit;
}

if (!session_start(['cookie_httponly' => true, 'cookie_samesite' => 'Lax'])) {
    http_response_code(503);
    exit('Sessions are not available at the moment. Please try again later.');
}
$_SESSION['token'] ??= bin2hex(random_bytes(16));

$errors = [];
$name = $email = '';
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    if (!hash_equals($_SESSION['token'], text($_POST['token'] ?? ''))) {
        http_response_code(403);
        exit('This form is out of date. Please go back, reload the page and try again.');
    }
    if (isset($_POST['logout'])) {
        $_SESSION = [];
        session_destroy();
        backToPage();
    }
    $name = text($_POST['name'] ?? '');
    $email = text($_POST['email'] ?? '');
    if ($name === '' || strlen($name) > 200) {
        $errors['name'] = 'Please tell us your name.';
    }
    if (filter_var($email, FILTER_VALIDATE_EMAIL) === false) {
        $errors['email'] = 'Please give an e-mail address such as ada@example.org.';
    }
    if ($errors === []) {
        // A new id at log-in: an id that somebody planted in the browser before stays worthless.
        session_regenerate_id(true);
        $_SESSION['user'] = ['name' => $name, 'email' => $email];
        $_SESSION['visits'] = 0;
        backToPage();
    }
    http_response_code(422);
}

$user = $_SESSION['user'] ?? null;
if ($user !== null) {
    $_SESSION['visits']++;
}
$title = $user === null ? 'Log in' : 'Welcome';
header('Content-Type: text/html; charset=utf-8');
header('Cache-Control: no-store');
?>
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><?= html($title) ?></title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 30rem; margin: 3rem auto; padding: 0 1rem; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; border: 1px solid; border-radius: .25rem; }
button { font: inherit; margin-top: 1.5rem; padding: .5rem 1.25rem; }
.error { margin: .25rem 0 0; color: light-dark(#a40000, #ff9b9b); }
</style>
</head>
<body>
<main>
<h1><?= html($title) ?></h1>
<?php if ($user !== null) { ?>
<p>Hello <?= html($user['name']) ?>, this is visit <?= (int) $_SESSION['visits'] ?>. We write to you at <?= html($user['email']) ?>.</p>
<?php } ?>
<form method="post" action="/">
<input type="hidden" name="token" value="<?= html($_SESSION['token']) ?>">
<?php if ($user === null) { ?>
<?php foreach (['name' => ['Name', 'text', $name], 'email' => ['E-mail', 'email', $email]] as $field => [$label, $type, $value]) { ?>
<label for="<?= $field ?>"><?= $label ?></label>
<input id="<?= $field ?>" name="<?= $field ?>" type="<?= $type ?>" value="<?= html($value) ?>" autocomplete="<?= $field ?>" required<?= isset($errors[$field]) ? " aria-invalid=\"true\" aria-describedby=\"$field-error\"" : '' ?>>
<?php if (isset($errors[$field])) { ?>
<p class="error" id="<?= $field ?>-error"><?= html($errors[$field]) ?></p>
<?php } ?>
<?php } ?>
<button>Log in</button>
<?php } else { ?>
<button name="logout" value="1">Log out</button>
<?php } ?>
</form>
</main>
</body>
</html>
