<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

// The accounts, by the address with which people log in; the passwords are in README.md. An application has a database here.
// A hash is made with: php -r 'echo password_hash(trim(fgets(STDIN)), PASSWORD_BCRYPT, ["cost" => 12]), "\n";'
return [
    'ada@example.org' => [
        'name' => 'Ada Lovelace',
        'hash' => '$2y$12$JEU3zgoqCvJGwGVlkRtgQukzhQba70GOZOuBdE9k8ik2r1DbXo93i',
    ],
    'grace@example.org' => [
        'name' => 'Grace Hopper',
        'hash' => '$2y$12$Sbwtw9MpDEtAFvkJwaWGQOGvUH15aDNBqw64xSD/guuQMWbkSfQfa',
    ],
    // People choose their names. This one is shown as it is written, and does nothing.
    'mallory@example.org' => [
        'name' => '<script>alert("Mallory")</script>',
        'hash' => '$2y$12$9nBHWtVs2uiOctRBxtmh9eFJQYXBOqIB6.I0dpJPFHqUqCesE/SEq',
    ],
];
