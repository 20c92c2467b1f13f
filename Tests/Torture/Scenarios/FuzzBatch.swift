// SPDX-License-Identifier: Apache-2.0

/// Frames that are sent together.
struct FuzzBatch {
    var bytes: [UInt8] = []
    /// How many frames there are.
    var frames = 0
    /// How many answers there must be; more may come for a broken frame.
    var answers = 0
    /// Whether the last frame is one after which the stream cannot be trusted.
    var isBroken = false
}
