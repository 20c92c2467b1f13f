// SPDX-License-Identifier: Apache-2.0

import CloakroomConfiguration
import FuzzDriver

/// Any bytes as a configuration file: a configuration, or an error that names the file.
@main
enum FuzzConfiguration {
    static func main() { FuzzDriver.run(test) }

    private static func test(_ input: UnsafeRawBufferPointer) {
        let text = String(decoding: input, as: UTF8.self)
        do {
            _ = try Configuration.load(text: text, file: "fuzz.toml")
        } catch {
            precondition("\(error)".contains("fuzz.toml"), "an error that does not name the file")
        }
    }
}
