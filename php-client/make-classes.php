<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

/*
 * Prints classes.php: all classes of src/ in one file. PHP includes it for each request, and each file costs time there.
 *
 *     php make-classes.php > classes.php
 */

$head = "<?php\n// SPDX-License-Identifier: Apache-2.0\n\ndeclare(strict_types=1);\n\nnamespace Cloakroom;\n";
echo $head, "\n/* Made from src/ by make-classes.php, for prepend.php: do not edit. */\n";
foreach (glob(__DIR__ . '/src/*.php') ?: [] as $file) {
    $source = (string) file_get_contents($file);
    if (!str_starts_with($source, $head)) {
        fwrite(STDERR, "$file does not begin as the others\n");
        exit(1);
    }
    echo substr($source, strlen($head));
}
