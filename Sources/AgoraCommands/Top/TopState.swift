/// What the user of `agora top` sees and has chosen. Keys and figures change it; `lines(columns:rows:)` shows it.
struct TopState: Sendable {
    enum View: CaseIterable, Sendable {
        case both, nodes, containers
    }

    enum Order: Character, CaseIterable, Sendable {
        case cpu = "c"
        case memory = "m"
        case processes = "p"
        case name = "n"
        case framework = "f"
        case machine = "o"
        case throttling = "h"
        case network = "w"

        var word: String {
            switch self {
            case .cpu: "cpu"
            case .memory: "memory"
            case .processes: "processes"
            case .name: "name"
            case .framework: "framework"
            case .machine: "node"
            case .throttling: "throttling"
            case .network: "network"
            }
        }
    }

    /// What a key asks of the program beside another picture.
    enum Action: Hashable, Sendable {
        case none
        case leave
        /// To stop until the shell lets the program go on.
        case suspend
        /// To ask the agents at once.
        case refresh
    }

    /// Characters of the longest filter.
    static let longestFilter = 100

    /// The master's address.
    let master: String
    var cluster: TopCluster?
    /// Why there are no newer figures.
    var problem: String?
    private(set) var view = View.both
    private(set) var order = Order.cpu
    private(set) var isReversed = false
    private(set) var isTree = false
    private(set) var filter = ""
    private(set) var isTyping = false
    /// The first row that is shown of the list that scrolls.
    private(set) var first = 0
    /// How many rows that list shows at a time, for keys that turn pages.
    var pageRows = 10

    init(master: String) {
        self.master = master
    }

    mutating func press(_ key: TopKey) -> Action {
        switch key {
        case .interrupt: return .leave
        case .suspend: return .suspend
        case _ where isTyping: return type(key)
        case .character("q"): return .leave
        case .character("/"): isTyping = true
        case .character("t"):
            isTree.toggle()
            return .refresh
        case .character(" "): return .refresh
        case .character("r"): isReversed.toggle()
        case .character(let character):
            guard let order = Order(rawValue: character) else { break }
            (self.order, isReversed, first) = (order, false, 0)
        case .tab:
            let index = View.allCases.firstIndex(of: view) ?? 0
            (view, first) = (View.allCases[(index + 1) % View.allCases.count], 0)
        case .escape: (filter, first) = ("", 0)
        default: move(key)
        }
        return .none
    }

    private mutating func type(_ key: TopKey) -> Action {
        switch key {
        case .enter: isTyping = false
        case .escape: (isTyping, filter) = (false, "")
        case .backspace: if !filter.isEmpty { filter.removeLast() }
        case .character(let character): if filter.count < Self.longestFilter { filter.append(character) }
        default: break
        }
        first = 0
        return .none
    }

    private mutating func move(_ key: TopKey) {
        let count = view == .nodes ? shownNodes.count : shownContainers.count
        let last = max(0, count - max(pageRows, 1))
        let target =
            switch key {
            case .up: first - 1
            case .down: first + 1
            case .pageUp: first - pageRows
            case .pageDown: first + pageRows
            case .home: 0
            case .end: last
            default: first
            }
        first = min(max(target, 0), last)
    }
}
