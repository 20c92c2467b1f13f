// SPDX-License-Identifier: Apache-2.0

extension Setting {
    static let key: [Setting] = [
        .texts("key", "file", \.key.files, .paths(isOptional: false), "The path of a file that has master keys."),
        .texts(
            "key",
            "credential",
            \.key.credentials,
            .texts,
            "The name of a systemd credential that has master keys."
        ),
        .texts(
            "key",
            "environment",
            \.key.environment,
            .texts,
            "The name of an environment variable that has master keys; it is removed from the environment once read."
        ),
        .command(
            "key",
            "command",
            \.key.command,
            "A program whose output is master keys: its absolute path, and its arguments."
        ),
        .seconds("key", "command_timeout", \.key.commandTimeout, 1...300, "How long that program may take."),
    ]

    static let previousKey: [Setting] = [
        .texts(
            "previous_key",
            "file",
            \.previousKey.files,
            .paths(isOptional: true),
            "The path of a file that has keys that only open."
        ),
        .texts(
            "previous_key",
            "credential",
            \.previousKey.credentials,
            .texts,
            "The name of a systemd credential that has keys that only open."
        ),
        .texts(
            "previous_key",
            "environment",
            \.previousKey.environment,
            .texts,
            "The name of an environment variable that has keys that only open."
        ),
        .command(
            "previous_key",
            "command",
            \.previousKey.command,
            "A program whose output is keys that only open: its absolute path, and its arguments."
        ),
        .seconds(
            "previous_key",
            "command_timeout",
            \.previousKey.commandTimeout,
            1...300,
            "How long that program may take."
        ),
    ]
}
