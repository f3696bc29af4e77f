import Testing

@testable import Networks

/// Descriptions of networks: what is taken, and what is refused with which words.
struct CatalogTests {
    private func words(_ text: String, isList: Bool = true) -> String {
        do {
            let network = try NetworkConfiguration(parsing: Array(text.utf8), isList: isList)
            return "\(network.name) \(network.version.rawValue) \(network.plugins.count)"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        (#"{"cniVersion":"1.0.0","name":"a","plugins":[{"type":"x"},{"type":"y"}]}"#, "a 1.0.0 2"),
        (#"{"cniVersion":"0.3.1","name":"a.b-c_9","plugins":[{"type":"x"}]}"#, "a.b-c_9 0.3.1 1"),
        (#"{"name":"a","plugins":[{"type":"x"}]}"#, "a 0.1.0 1"),
        ("[]", "it is not a JSON object"),
        ("{", "it is not a JSON object"),
        ("", "it is not a JSON object"),
        (#"{"plugins":[]}"#, "name: missing"),
        (#"{"name":7,"plugins":[]}"#, "name: missing"),
        (#"{"name":"../a","plugins":[{"type":"x"}]}"#, "name: must begin with"),
        (#"{"name":"","plugins":[{"type":"x"}]}"#, "name: must begin with"),
        (#"{"name":"a"}"#, "plugins: missing"),
        (#"{"name":"a","plugins":[]}"#, "plugins: there must be 1 to 32, are 0"),
        (#"{"name":"a","plugins":[{}]}"#, "type: missing in a plugin"),
        (#"{"name":"a","plugins":[7]}"#, "type: missing in a plugin"),
        (#"{"name":"a","plugins":[{"type":"../../bin/sh"}]}"#, "type: must be a name without a folder"),
        (
            #"{"name":"a","cniVersion":"9.9.9","plugins":[{"type":"x"}]}"#,
            "cniVersion: must be one of 0.1.0, 0.2.0, 0.3.0, 0.3.1, 0.4.0, 1.0.0"
        ),
        (#"{"name":"a","cniVersion":1,"plugins":[{"type":"x"}]}"#, "cniVersion: must be one of"),
    ])
    func lists(text: String, says: String) {
        #expect(words(text).hasPrefix(says), "\(words(text))")
    }

    @Test func aSinglePluginIsItsOwnDescription() {
        #expect(words(#"{"name":"a","cniVersion":"0.4.0","type":"bridge"}"#, isList: false) == "a 0.4.0 1")
    }

    @Test func tooManyPluginsAreRefused() {
        let plugins = [String](repeating: #"{"type":"x"}"#, count: 33).joined(separator: ",")
        #expect(words(#"{"name":"a","plugins":[\#(plugins)]}"#) == "plugins: there must be 1 to 32, are 33")
    }

    @Test func deepNestingIsRefusedNotFollowed() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(words(#"{"name":"a","plugins":\#(deep)"#) == "it is not a JSON object")
    }

    @Test(arguments: [
        (["pod", "web"], "pod.web"),
        (["ab c"], "x"),
        (["ü"], "x"),
        ([String(repeating: "a", count: 101)], "x"),
    ])
    func namesFitForPlugins(path: [String], begins: String) {
        let name = ContainerNetworks.name(of: path)
        #expect(name.hasPrefix(begins) && NetworkConfiguration.isName(name))
    }

    @Test(arguments: [
        (#"{"ips":[{"address":"10.0.0.2/24"},{"address":"fd00::2/64"}]}"#, "1.0.0", "10.0.0.2 fd00::2"),
        (#"{"ips":[{"address":"10.0.0.2/24","interface":0}],"interfaces":[{"name":"br"}]}"#, "1.0.0", ""),
        (#"{"ips":[{"address":"10.0.0.2/24","interface":99}],"interfaces":[{"name":"br"}]}"#, "1.0.0", "10.0.0.2"),
        (#"{"ip4":{"ip":"10.0.0.2/24"},"ip6":{"ip":"fd00::2/64"}}"#, "0.2.0", "10.0.0.2 fd00::2"),
        ("{}", "1.0.0", ""),
        ("[]", "1.0.0", "its result is no JSON object"),
        (
            #"{"ips":[{"address":"10.0.0.2\nnameserver 6.6.6.6"}]}"#, "1.0.0",
            "its result has an address that is none: \"10.0.0.2 nameserver 6.6.6.6\""
        ),
    ])
    func results(text: String, version: String, says: String) throws {
        let value = try #require(JSONValue(parsing: Array(text.utf8)))
        let version = try #require(CNIVersion(rawValue: version))
        do {
            #expect(try PluginResult(value, version: version).addresses.joined(separator: " ") == says)
        } catch {
            #expect("\(error)" == says)
        }
    }

    @Test func whatWouldBreakTheResolverFileIsLeftOut() throws {
        let text =
            #"{"dns":{"nameservers":["10.0.0.1","a\nb","fd00::1"],"search":["x y","example.org"],"domain":"a\nb","options":["ndots:2"]}}"#
        let dns = try PluginResult(try #require(JSONValue(parsing: Array(text.utf8))), version: .v100).dns
        #expect(try NameFileText.resolver([dns]) == "search example.org\nnameserver 10.0.0.1\nnameserver fd00::1\noptions ndots:2\n")
    }
}
