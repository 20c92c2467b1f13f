// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
public import CloakroomStore

/// Values for tests of stores. They look as what the rules store (a header, then bytes), but nothing is sealed.
public enum StoreSamples {
    /// An address that is different for each number.
    public static func address(_ number: Int) -> SessionAddress {
        // Spread over all bytes, as a MAC is.
        var state = UInt64(truncatingIfNeeded: number) &+ 0x9E37_79B9_7F4A_7C15
        let bytes = (0..<4).flatMap { _ -> [UInt8] in
            state = (state ^ (state >> 31)) &* 0xBF58_476D_1CE4_E5B9 &+ 0x94D0_49BB_1331_11EB
            return (0..<8).map { UInt8(truncatingIfNeeded: state >> (UInt64($0) * 8)) }
        }
        guard let address = SessionAddress(bytes) else { fatalError("a list of 4 × 8 bytes is as long as an address") }
        return address
    }

    /// A stored value that may be dropped from `expires` on.
    public static func value(_ contents: [UInt8], expires: UInt64 = .max) -> [UInt8] {
        RecordHeader(expires: UnixTime(seconds: expires)).bytes + contents
    }

    /// A slot.
    public static func slot(_ seconds: UInt64) -> ExpirySlot { ExpirySlot(UnixTime(seconds: seconds)) }

    /// A filing under a slot.
    public static func filing(
        _ seconds: UInt64,
        kibibytes: UInt32 = 3,
        group: SessionAddress? = nil
    ) -> ExpiryFiling {
        ExpiryFiling(slot: slot(seconds), kibibytes: kibibytes, group: group)
    }

    /// A change to the record of a numbered address, whose size does not change.
    public static func update(
        _ number: Int,
        metadata: [UInt8],
        body: [UInt8]?,
        previous: UInt64? = nil,
        expiry: UInt64,
        kibibytes: UInt32 = 3
    ) -> RecordUpdate {
        RecordUpdate(
            address: address(number),
            metadata: metadata,
            body: body,
            previousExpiry: previous.map { filing($0, kibibytes: kibibytes) },
            expiry: filing(expiry, kibibytes: kibibytes)
        )
    }

    /// An expiry entry of a numbered address.
    public static func entry(_ number: Int, at seconds: UInt64, kibibytes: UInt32 = 3) -> ExpiryEntry {
        ExpiryEntry(address(number), filing(seconds, kibibytes: kibibytes))
    }
}
