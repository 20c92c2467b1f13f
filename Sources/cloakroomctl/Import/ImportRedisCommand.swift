// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CloakroomAdmin
import CloakroomImport
import Glibc

struct ImportRedisCommand: ParsableCommand {
    static let passwordVariable = "REDISCLI_AUTH"

    static let configuration = CommandConfiguration(
        commandName: "redis",
        abstract: "Take over the sessions that phpredis wrote to Redis.",
        discussion: """
            Only strings with a session id behind the prefix are taken. Whoever lists processes can read a password in the URL; \
            one in the environment variable REDISCLI_AUTH is read by root and this user only.
            """
    )

    @Argument(help: "redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE], or unix:///PATH[?db=DATABASE].")
    var url: String

    @Option(help: "What is in front of the ids, as in session.save_path.")
    var prefix = RedisSessionSource.standardPrefix

    @OptionGroup var options: ImportOptions

    func run() throws {
        let password = getenv(Self.passwordVariable).map { String(cString: $0) }
        let address = try RedisAddress(url: url, password: password)
        // A server that closes the connection is an error to report, and no reason to end.
        signal(SIGPIPE, SIG_IGN)
        let run = try ImportRun(options)
        var redis = RedisSessionSource.Options(lifetime: options.lifetime, maximumData: run.terms.maximumData)
        redis.prefix = prefix
        try run.run(try RedisSessionSource(address, redis))
    }
}
