// SPDX-License-Identifier: Apache-2.0

@testable import CloakroomGate
import Foundation
import Testing

@Suite struct GateParametersTests {
    private func parameters(_ pairs: [(String, String)]) -> GateParameters {
        GateParameters(pairs.map { (name: Array($0.0.utf8), value: Array($0.1.utf8)) })
    }

    /// As libfcgi gives them.
    private func environment(_ entries: [String]) -> GateParameters {
        var pointers: [UnsafeMutablePointer<CChar>?] = entries.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        pointers.append(nil)
        return pointers.withUnsafeBufferPointer {
            $0.baseAddress.map { GateParameters(environment: $0) } ?? GateParameters()
        }
    }

    @Test func namesAreAllDifferent() {
        #expect(Set(GateParameter.allCases.map(\.name)).count == GateParameter.allCases.count)
        for parameter in GateParameter.allCases {
            #expect(parameters([(parameter.name, "x")])[parameter] == Array("x".utf8))
        }
    }

    @Test func stringsOfCAreRead() {
        let read = environment([
            "REMOTE_ADDR=192.0.2.1", "HTTP_COOKIE=a=b; c=d", "QUERY_STRING=", "SCRIPT_NAME", "=x", "",
        ])
        #expect(read.text(.remoteAddress) == "192.0.2.1")
        #expect(read.text(.cookieHeader) == "a=b; c=d")
        #expect(read[.queryString] == [] && read.text(.queryString) == nil)
        #expect(read[.scriptName] == nil)
        #expect(environment([]).mistake == nil)
    }

    @Test func valuesEndBeforeANUL() {
        #expect(parameters([("QUERY_STRING", "a\0b")]).text(.queryString) == "a")
    }

    @Test func textIsUTF8() {
        #expect(GateParameters([(Array("QUERY_STRING".utf8), [0xff, 0xfe])]).text(.queryString) == nil)
    }

    @Test func twoCookieHeadersOpenNothing() {
        for (first, second) in [("PHPSESSID=a", "PHPSESSID=b"), ("PHPSESSID=a", "x=1"), ("x=1", "PHPSESSID=a")] {
            let pairs = [("REMOTE_ADDR", "192.0.2.1"), ("HTTP_COOKIE", first), ("HTTP_COOKIE", second)]
            guard case .answered(let answer, _) = GateRouting().task(for: parameters(pairs), role: .responder) else {
                Issue.record("not refused")
                continue
            }
            #expect(answer.reason == "bad-session-id")
        }
        #expect(!parameters([("HTTP_COOKIE", "PHPSESSID=a"), ("HTTP_COOKIE", "PHPSESSID=a")]).hasContestedCookies)
    }

    @Test func theLastOfTheBrowsersHeadersCountsAsInPHPFPM() {
        for parameter in [GateParameter.forwardedFor, .forwarded, .realIP, .userAgent] {
            #expect(parameters([(parameter.name, "a"), (parameter.name, "b")]).text(parameter) == "b")
        }
    }

    @Test func twoValuesAreAMistake() {
        for parameter in GateParameter.allCases {
            let isOptional = parameter.name.hasPrefix("CLOAKROOM_") || parameter == .remoteAddress
            #expect((parameters([(parameter.name, "a"), (parameter.name, "b")]).mistake != nil) == isOptional)
            #expect((parameters([(parameter.name, ""), (parameter.name, "b")]).mistake != nil) == isOptional)
            #expect(parameters([(parameter.name, "a"), (parameter.name, "a")]).mistake == nil)
        }
    }

    @Test func thousandsArePassedOver() {
        let many = (0..<200_000).map { "HTTP_X_\($0)=value" } + ["REMOTE_ADDR=192.0.2.1"]
        // With a search among all the others for each this would not end.
        #expect(environment(many).text(.remoteAddress) == "192.0.2.1")
    }
}
