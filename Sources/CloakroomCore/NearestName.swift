// SPDX-License-Identifier: Apache-2.0

/// Finds the name that somebody probably meant.
public enum NearestName {
    /// The candidate that is nearest to `name`, when it is near enough to be a slip of the keyboard: a third of its length.
    public static func suggestion(for name: String, among candidates: [String]) -> String? {
        let near = candidates.map { (name: $0, distance: distance(name, $0)) }.min { $0.distance < $1.distance }
        guard let near, near.distance <= max(1, max(name.count, near.name.count) / 3) else { return nil }
        return near.name
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours between two words
    /// (restricted Damerau-Levenshtein distance).
    public static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left)
        let right = Array(right)
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for i in left.indices {
            var current = [i + 1]
            for j in right.indices {
                var best = min(last[j + 1] + 1, current[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    best = min(best, beforeLast[j - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
