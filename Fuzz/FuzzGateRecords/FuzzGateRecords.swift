// SPDX-License-Identifier: Apache-2.0

import CloakroomGate
import FuzzDriver

/// Any bytes as what a web server has sent. Nothing is taken that is not there; and a request stays the same when it comes with
/// less, or with more behind it.
@main
enum FuzzGateRecords {
    static func main() { FuzzDriver.run(test) }

    private static func test(_ input: UnsafeRawBufferPointer) {
        switch FastCGIRequestOutline(input) {
        case .request(let request):
            precondition(request.length == input.count, "a request of other bytes than all")
            checkPrefixes(of: input, request)
        case .leftover(let count), .answered(let count, _, _):
            precondition((8...input.count).contains(count), "bytes that are not there")
        case .incomplete:
            precondition(input.count < FastCGIRequestOutline.maximumRequest, "the gate would wait for ever")
        case .broken: break
        }
    }

    private static func checkPrefixes(of input: UnsafeRawBufferPointer, _ whole: FastCGIRequestOutline.Request) {
        for count in [8, 15, input.count / 2, input.count - 1] where count < input.count {
            switch FastCGIRequestOutline(UnsafeRawBufferPointer(rebasing: input[..<count])) {
            case .incomplete: break
            // An authorizer's request may have an end of the input behind it, or not.
            case .request where whole.role == .authorizer: break
            default: preconditionFailure("the beginning of a request is something else")
            }
        }
    }
}
