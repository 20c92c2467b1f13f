// SPDX-License-Identifier: Apache-2.0

import CloakroomCore
import CloakroomStore

/// Walks over what stands at addresses, in their order, and over what the engine cannot read.
struct AddressWalk<Element> {
    /// Elements read in one go, see ``WalkPace/page``; fewer, as there may be much to read of each.
    private static var page: Int { 8192 }

    private let read: (SessionAddress?, Int) throws(StoreError) -> [Element]
    private let address: (Element) -> SessionAddress
    private var ahead: ArraySlice<Element> = []
    private var last: SessionAddress?
    private var limit = Self.page
    private var isAtEnd = false
    private var isInGap = false
    /// The gaps in what can be read, each with where it begins, that nobody has taken yet.
    private var gaps: [(SessionAddress?, StoreError)] = []

    /// - Parameter read: gives the elements behind an address, at most so many.
    init(
        _ read: @escaping (SessionAddress?, Int) throws(StoreError) -> [Element],
        at address: @escaping (Element) -> SessionAddress
    ) {
        self.read = read
        self.address = address
    }

    /// The next element, which stays the next one; `nil` when there are none left.
    ///
    /// - Throws: `StoreError` for anything but damage.
    mutating func peek() throws(StoreError) -> Element? {
        while ahead.isEmpty, !isAtEnd { try fill() }
        return ahead.first
    }

    /// The next element; `nil` when there are none left.
    ///
    /// - Throws: `StoreError` for anything but damage.
    mutating func next() throws(StoreError) -> Element? {
        guard let element = try peek() else { return nil }
        ahead.removeFirst()
        return element
    }

    /// The gaps met since this was called last.
    mutating func takeGaps() -> [(SessionAddress?, StoreError)] {
        defer { gaps = [] }
        return gaps
    }

    private mutating func fill() throws(StoreError) {
        do throws(StoreError) {
            let page = try read(last, limit)
            isAtEnd = page.count < limit
            last = page.last.map(address) ?? last
            ahead = page[...]
            isInGap = false
            limit = min(2 * limit, Self.page)
        } catch {
            guard error.code == .corruption else { throw error }
            skip(error)
        }
    }

    /// Comes as near to the damage as it can by reading less and less, and then goes on behind it.
    private mutating func skip(_ error: StoreError) {
        guard limit == 1 else {
            limit /= 2
            return
        }
        if !isInGap { gaps.append((last, error)) }
        isInGap = true
        if let next = (last ?? .none).nextLastOfPrefix { last = next } else { isAtEnd = true }
    }
}
