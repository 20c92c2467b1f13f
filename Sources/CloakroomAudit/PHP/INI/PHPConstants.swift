// SPDX-License-Identifier: Apache-2.0

/// The constants that PHP knows when it reads its INI files, as far as settings use them (PHP manual, "Predefined
/// Constants" of errors).
enum PHPConstants {
    private static let values = [
        "E_ERROR": 1, "E_WARNING": 2, "E_PARSE": 4, "E_NOTICE": 8, "E_CORE_ERROR": 16, "E_CORE_WARNING": 32,
        "E_COMPILE_ERROR": 64, "E_COMPILE_WARNING": 128, "E_USER_ERROR": 256, "E_USER_WARNING": 512,
        "E_USER_NOTICE": 1024, "E_STRICT": 2048, "E_RECOVERABLE_ERROR": 4096, "E_DEPRECATED": 8192,
        "E_USER_DEPRECATED": 16384, "E_ALL": 32767,
    ]

    /// What a name stands for; `nil`: it is no constant and stands for itself.
    static func text(_ name: [UInt8]) -> [UInt8]? {
        values[String(decoding: name, as: UTF8.self)].map { Array(String($0).utf8) }
    }
}
