// SPDX-License-Identifier: Apache-2.0

import CloakroomCore

/// A mistake in the web server's configuration, for which the gate lets nobody through.
enum GateMisconfiguration: Error, Equatable {
    /// A parameter has a value that it cannot have; what it can have.
    case badValue(GateParameter, String)
    /// A parameter was given twice, with different values.
    case givenTwice(GateParameter)
    /// A parameter that is needed was not given.
    case missing(GateParameter)
    /// A name that begins as the gate's parameters do, and is none.
    case unknownParameter(String)
    /// The daemon has no such pool.
    case unknownPool(PoolName)

    /// What is wrong and what to do. It has no value of a parameter, as some hold what a browser sent.
    var text: String {
        switch self {
        case .badValue(let parameter, let allowed): "\(parameter.name) must be \(allowed)"
        case .givenTwice(let parameter): "\(parameter.name) is given twice, with different values"
        case .missing(let parameter): "\(parameter.name) is missing: have the web server pass it on"
        case .unknownParameter(let name): "there is no parameter \(PercentEncoding.text(name))"
        case .unknownPool(let pool): "the daemon has no pool \(pool), which CLOAKROOM_POOL names"
        }
    }
}
