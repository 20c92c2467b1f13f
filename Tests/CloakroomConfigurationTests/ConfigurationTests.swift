// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration
import Logging
import Testing

@Suite struct ConfigurationTests {
    private func load(_ text: String) throws -> Configuration { try Configuration.load(text: text, file: "c.toml") }

    private func problem(_ text: String) -> ConfigurationError? {
        #expect(throws: ConfigurationError.self) { try load(text) }
    }

    @Test func emptyTextGivesTheDefaults() throws {
        #expect(try load("") == Configuration())
        #expect(try load("").key.files == ["/etc/cloakroom/key"])
        #expect(try load("").previousKey == .none)
        #expect(try load("").explicit == [])
    }

    @Test func everySettingIsTakenFromTheFile() throws {
        let configuration = try load(
            """
            [server]
            socket = "/a.sock"
            socket_owner = "root"
            socket_group = "adm"
            socket_mode = "0600"
            users = ["alice", 33]
            frame_timeout = 11
            threads = 3
            [key]
            command = ["/c", "--option", ""]
            command_timeout = 300
            [previous_key]
            environment = ["KEY", "OTHER"]
            command_timeout = 1
            [store]
            directory = "/s"
            durability = "power"
            sync_interval = 2
            [sessions]
            lock_wait = 1
            lock_hold = 2
            sweep_interval = 3
            acknowledge = "deferred"
            [limits]
            connections = 4
            connections_per_user = 5
            bytes_in_flight = 1024
            bytes_in_flight_per_user = 1048577
            session_size = 0x10
            waiters = 0
            sessions = 6
            total_size = 7
            [log]
            level = "debug"
            """
        )
        #expect(configuration.server.socket == "/a.sock")
        #expect(configuration.server.socketOwner == "root")
        #expect(configuration.server.socketGroup == "adm")
        #expect(configuration.server.socketMode == 0o600)
        #expect(configuration.server.users == ["alice", "33"])
        #expect(configuration.server.frameTimeout == .seconds(11))
        #expect(configuration.server.threads == 3)
        #expect(configuration.key.command == ["/c", "--option", ""])
        #expect(configuration.key.commandTimeout == .seconds(300))
        #expect(configuration.previousKey.environment == ["KEY", "OTHER"])
        #expect(configuration.previousKey.commandTimeout == .seconds(1))
        #expect(configuration.store.directory == "/s")
        #expect(configuration.store.durability == .power)
        #expect(configuration.store.syncInterval == .seconds(2))
        #expect(configuration.sessions.lockWait == .seconds(1))
        #expect(configuration.sessions.lockHold == .seconds(2))
        #expect(configuration.sessions.sweepInterval == .seconds(3))
        #expect(configuration.sessions.acknowledge == .deferred)
        #expect(configuration.limits.connections == 4)
        #expect(configuration.limits.connectionsPerUser == 5)
        #expect(configuration.limits.bytesInFlight == 1024)
        #expect(configuration.limits.bytesInFlightPerUser == 1_048_577)
        #expect(configuration.limits.sessionSize == 16)
        #expect(configuration.limits.waiters == 0)
        #expect(configuration.limits.sessions == 6)
        #expect(configuration.limits.totalSize == 7)
        #expect(configuration.log.level == .debug)
        #expect(configuration.explicit.count == 27)
    }

    @Test func renderedConfigurationParsesToItself() throws {
        var configuration = Configuration()
        configuration.server.users = ["a\"b\\c", "\u{1}", "33"]
        configuration.key.credentials = []
        configuration.previousKey.files = ["/a\"b", "/c"]
        configuration.limits.sessionSize = 1
        let again = try load(configuration.rendered)
        #expect(again.key == configuration.key)
        #expect(again.previousKey == configuration.previousKey)
        #expect(again.server == configuration.server)
        #expect(again.sessions == configuration.sessions)
        #expect(again.store == configuration.store)
    }

    @Test func unknownKeyNamesFileLineAndNearestKey() {
        let error = problem("# comment\n[sessions]\nlock_hold = 1\nlock_wiat = 3\n")
        #expect(error?.code == .unknownKey)
        #expect(error?.message == "c.toml:4: unknown key \"lock_wiat\" in [sessions]; did you mean \"lock_wait\"?")
    }

    @Test(arguments: [
        ("[sesions]\n", "c.toml:1: unknown section [sesions]; did you mean [sessions]?"),
        (
            "\nlock_wait = 1\n",
            "c.toml:2: unknown key \"lock_wait\" outside of a section; did you mean \"lock_wait\" in [sessions]?"
        ),
        ("[log]\nsocket = 1\n", "c.toml:2: unknown key \"socket\" in [log]; did you mean \"socket\" in [server]?"),
        (
            "[key]\ncomand = []\n",
            "c.toml:2: unknown key \"comand\" in [key]; did you mean \"command\"?"
        ),
        ("[previous-key]\n", "c.toml:1: unknown section [previous-key]; did you mean [previous_key]?"),
        (
            "[sessions]\nacknowlege = \"deferred\"\n",
            "c.toml:2: unknown key \"acknowlege\" in [sessions]; did you mean \"acknowledge\"?"
        ),
        ("[log]\nxyzzy = 1\n", "c.toml:2: unknown key \"xyzzy\" in [log]; the keys here are \"level\", \"events\""),
        (
            "[xyzzy]\n",
            "c.toml:1: unknown section [xyzzy]; the sections are [server], [key], [previous_key], [store], [sessions], [binding], [users], [remember_me], [limits], [log], [pools.NAME]"
        ),
        (
            "[sessions]\nlock_wait.a = 1\n",
            "c.toml:2: \"lock_wait\" in [sessions] must be a whole number (seconds), found a section"
        ),
    ])
    func unknownNameSaysWhatIsKnown(text: String, message: String) {
        #expect(problem(text)?.message == message)
    }

    @Test(arguments: [
        ("[sessions]\nlock_wait = \"3\"", "\"lock_wait\" in [sessions] must be a whole number (seconds), found text"),
        (
            "[sessions]\nlock_wait = 3.0",
            "\"lock_wait\" in [sessions] must be a whole number (seconds), found a number with a fraction"
        ),
        ("[server]\nsocket = 3", "\"socket\" in [server] must be a path in quotes, found a whole number"),
        ("[server]\nsocket_owner = true", "\"socket_owner\" in [server] must be text in quotes, found true or false"),
        (
            "[server]\nsocket_mode = 660",
            "\"socket_mode\" in [server] must be octal digits in quotes, such as \"0660\", found a whole number"
        ),
        (
            "[server]\nusers = \"www-data\"",
            "\"users\" in [server] must be a list of user names and numeric user ids, found text"
        ),
        (
            "[server]\nusers = [1.5]",
            "\"users\" in [server] must be a list of user names in quotes and numeric user ids, "
                + "found a number with a fraction in it"
        ),
        (
            "[key]\ncommand = \"/usr/bin/gpg --decrypt FILE\"",
            "\"command\" in [key] must be a list of texts, such as [\"/usr/bin/gpg\", \"--decrypt\", \"FILE\"], "
                + "found text; no shell takes the command apart, so write each argument as a text"
        ),
        (
            "[key]\ncommand = [\"/c\", 1]",
            "\"command\" in [key] must be a list of texts, such as [\"/usr/bin/gpg\", \"--decrypt\", \"FILE\"], "
                + "found a whole number in it"
        ),
        (
            "[previous_key]\nfile = 2",
            "\"file\" in [previous_key] must be a path in quotes, or a list of such paths, found a whole number"
        ),
        (
            "[key]\nenvironment = [\"A\", true]",
            "\"environment\" in [key] must be text in quotes, or a list of such texts, found true or false in it"
        ),
        (
            "[store]\ndurability = 1979-05-27",
            "\"durability\" in [store] must be one of \"process\", \"power\", found a date or time"
        ),
    ])
    func wrongTypeSaysWhatIsExpectedAndFound(text: String, message: String) {
        let error = problem(text)
        #expect(error?.code == .type)
        #expect(error?.message == "c.toml:2: " + message)
    }

    @Test func sectionThatIsAValueIsRefused() {
        #expect(problem("sessions = 3")?.message == "c.toml:1: [sessions] must be a section, found a whole number")
        #expect(problem("[[log]]\n")?.message == "c.toml:1: [log] must be a section, found a list")
    }

    @Test(arguments: [
        ("[limits]\nsession_size = 0", "\"session_size\" in [limits] must be between 1 and 67108864 bytes, found 0"),
        (
            "[limits]\nsession_size = 67108865",
            "\"session_size\" in [limits] must be between 1 and 67108864 bytes, found 67108865"
        ),
        ("[server]\nthreads = -1", "\"threads\" in [server] must be between 0 and 64, found -1"),
        (
            "[server]\nsocket = \"php.sock\"",
            "\"socket\" in [server] must be an absolute path (starting with /), found \"php.sock\""
        ),
        (
            "[store]\ndurability = \"none\"",
            "\"durability\" in [store] must be one of \"process\", \"power\", found \"none\""
        ),
        (
            "[sessions]\nacknowledge = \"defered\"",
            "\"acknowledge\" in [sessions] must be one of \"written\", \"deferred\", found \"defered\""
        ),
        // What is there may be the key itself, and is not shown.
        (
            "[key]\nfile = \"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\"",
            "\"file\" in [key] must be an absolute path (starting with /), or a list of such paths"
        ),
        (
            "[previous_key]\nfile = [\"/a\", \"b\"]",
            "\"file\" in [previous_key] must be an absolute path (starting with /), or a list of such paths"
        ),
        (
            "[key]\nfile = \"\"",
            "\"file\" in [key] must be an absolute path (starting with /), or a list of such paths"
        ),
        ("[key]\nfile = []", "\"file\" in [key] must not be an empty list"),
        (
            "[key]\ncredential = [\"a\", \"\"]",
            "\"credential\" in [key] must be text in quotes, or a list of such texts, found an empty text in it"
        ),
        (
            "[key]\ncommand = [\"gpg\", \"--decrypt\"]",
            "\"command\" in [key] must begin with the absolute path of a program (starting with /)"
        ),
        (
            "[key]\ncommand_timeout = 301",
            "\"command_timeout\" in [key] must be between 1 and 300 seconds, found 301"
        ),
        (
            "[server]\nsocket_mode = \"0888\"",
            "\"socket_mode\" in [server] must be octal digits in quotes, such as \"0660\", "
                + "between \"0\" and \"0777\", found \"0888\""
        ),
    ])
    func valueOutOfRangeSaysTheRange(text: String, message: String) {
        let error = problem(text)
        #expect(error?.code == .value)
        #expect(error?.message == "c.toml:2: " + message)
    }

    @Test func valueAtTheEndsOfItsRangeIsAccepted() throws {
        #expect(try load("[limits]\nsession_size = 67_108_864").limits.sessionSize == 67_108_864)
        #expect(try load("[limits]\nsession_size = 1").limits.sessionSize == 1)
        #expect(try load("[server]\nsocket_mode = \"0\"").server.socketMode == 0)
        #expect(try load("[server]\nsocket_mode = \"777\"").server.socketMode == 0o777)
    }

    @Test func allProblemsAreReportedInOrderOfLines() {
        let error = problem("[limits]\nsession_size = 0\n[log]\nlevel = \"loud\"\nfoo = 1\n[key]\nfile = 2\n")
        #expect(
            error?.message.split(separator: "\n").map { $0.prefix(8) } == [
                "c.toml:2", "c.toml:4", "c.toml:5", "c.toml:7",
            ]
        )
    }

    @Test func syntaxErrorNamesLineAndColumn() {
        let error = problem("[server]\nsocket = \n")
        #expect(error?.code == .syntax)
        #expect(error?.message.hasPrefix("c.toml:2:10: not valid TOML: ") == true, "\(error?.message ?? "")")
    }

    // Over each of these TOMLKit's parser would end the process.
    @Test(
        arguments: [
            "[=a]", "[[ ]]", "[.a]", "a = [ 1, } ]", "a = { b = 1 ]", "a = " + String(repeating: "[", count: 100_000),
        ]
    )
    func textThatWouldEndTheParserIsRefusedWithItsLine(_ text: String) {
        let error = problem("# a comment\n" + text + "\n")
        #expect(error?.code == .syntax)
        #expect(error?.message.hasPrefix("c.toml:2: not valid TOML: ") == true, "\(error?.message ?? "")")
    }

    @Test func nestedValuesThatAreFineAreNotRefused() {
        let error = problem("[server]\nusers = [ [ \"a\" ], { b = 1, c = [ 2 ] } ] # ]}\n")
        #expect(error?.code == .type)
    }

    @Test func nulByteIsRefusedAndNotTakenForTheEnd() {
        #expect(problem("[server]\n\0\nfoo = 1\n")?.message == "c.toml:2: a NUL byte, which TOML does not allow")
    }

    @Test func moreThanOneKeySourceIsRefused() throws {
        let error = problem("[key]\nfile = \"/k\"\nenvironment = \"KEY\"\n")
        #expect(error?.code == .conflict)
        #expect(error?.message == "c.toml:3: [key] names more than one source (file, environment); keep one of them")
        #expect(try load("[key]\nfile = \"/k\"\nenvironment = \"\"\ncommand = []\n").key.files == ["/k"])
        // In one section each: they are two sources by intention.
        #expect(try load("[key]\nfile = \"/k\"\n[previous_key]\nenvironment = \"K\"\n").key.files == ["/k"])
        let previous = problem("[previous_key]\ncommand = [\"/c\"]\nfile = [\"/k\", \"/l\"]\n")
        #expect(previous?.code == .conflict)
        #expect(
            previous?.message
                == "c.toml:2: [previous_key] names more than one source (file, command); keep one of them"
        )
    }

    @Test func commandLineWinsOverTheFile() throws {
        let file = try load("[key]\nenvironment = \"KEY\"\n[server]\nsocket = \"/a\"\n")
        let configuration = file.applying(
            .init(socket: "/b", stateDirectory: "/d", keyFile: "/k", logLevel: .trace)
        )
        #expect(configuration.server.socket == "/b")
        #expect(configuration.store.directory == "/d")
        #expect(configuration.key.files == ["/k"])
        #expect(configuration.log.level == .trace)
        #expect(configuration.explicit == ["server.socket", "store.directory", "key.file", "log.level"])
        #expect(file.applying(.init()) == file)
    }
}
