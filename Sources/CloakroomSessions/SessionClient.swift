// SPDX-License-Identifier: Apache-2.0

public import CloakroomCore
import CloakroomCrypto

/// What the rules remember of one connection: who it is, and the session whose lock it holds. A connection asks one thing
/// at a time.
public final class SessionClient: Sendable {
    private struct State {
        var held: HeldSession?
        var label = RequestLabel.none
        var claims = ClientClaims.none
        // What the claims come to, once somebody has asked.
        var browser: Browser??
        var tokens: BrowserTokens?
        var latest: SessionAddress?
        var sought: SessionReference?
        // In nanoseconds.
        var waited: UInt64 = 0
    }

    private let pid: Int32
    private let state = Locked(State())

    /// A client that holds nothing.
    ///
    /// - Parameter pid: its process, for people who look for the holder of a lock.
    public init(pid: Int32) { self.pid = pid }

    /// What the client says it is doing from now on.
    public var label: RequestLabel {
        get { state.withLock { $0.label } }
        set { state.withLock { $0.label = newValue } }
    }

    /// What the client says of the browser that it serves from now on.
    public var claims: ClientClaims {
        get { state.withLock { $0.claims } }
        set {
            state.withLock { state in
                state.claims = newValue
                state.browser = nil
                // Those are of another browser, or request, too.
                state.tokens = nil
                state.latest = nil
            }
        }
    }

    /// The browser that the client serves; `nil` for none.
    ///
    /// - Throws: `CryptoError`.
    func browser(_ rules: BindingRules, _ sealer: SessionSealer) throws -> Browser? {
        if let known = state.withLock({ $0.browser }) { return known }
        let browser = try Browser(claims, rules, sealer)
        state.withLock { $0.browser = .some(browser) }
        return browser
    }

    /// The session that its browser presented, that is unknown, and that it may be looking for elsewhere now.
    var sought: SessionReference? {
        get { state.withLock { $0.sought } }
        set { state.withLock { $0.sought = newValue } }
    }

    /// Whether the client has this session's lock, as far as it knows: another may have taken it over.
    public func holds(_ session: SessionReference) -> Bool { held?.session == session }

    /// Whether the client has a session's lock.
    public var holdsLock: Bool { held != nil }

    var held: HeldSession? {
        get { state.withLock { $0.held } }
        set {
            state.withLock { state in
                state.held = newValue
                if let newValue { state.latest = newValue.address }
            }
        }
    }

    /// The session that it holds, or held last for the browser that it serves.
    var latest: SessionAddress? { state.withLock { $0.latest } }

    /// The tokens that the browser it serves was given last, or came with.
    var tokens: BrowserTokens? {
        get { state.withLock { $0.tokens } }
        set { state.withLock { $0.tokens = newValue } }
    }

    /// Notes that it has waited for a lock, in nanoseconds.
    func noteWait(_ duration: UInt64) { state.withLock { $0.waited += duration } }

    /// How long it has waited for locks since this was asked last, in nanoseconds.
    public func takeWait() -> UInt64 {
        state.withLock { state in
            defer { state.waited = 0 }
            return state.waited
        }
    }

    /// Its process and what it is doing, for people.
    public var identity: LockClient { LockClient(pid: pid, label: label) }
}
