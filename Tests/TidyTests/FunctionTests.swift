import Testing

/// The measuring tape itself.
struct FunctionTests {
    @Test(arguments: [
        ("func a() {\n}\n", [Function(line: 1, length: 2)]),
        ("func a() { b { c } }", [Function(line: 1, length: 1)]),
        ("\nfunc a(\n    b: Int\n) async\n    throws -> Int\n{\n    1\n}\n", [Function(line: 2, length: 7)]),
        ("protocol P {\n    func a()\n    init()\n    func b() -> Int\n}\n", []),
        ("struct S {\n    init() {\n    }\n    deinit {\n    }\n}\n", [Function(line: 2, length: 2), Function(line: 4, length: 2)]),
        ("let a = S.init()\nlet b = { 1 }\n", []),
        ("let funcs = [1]\nif x {\n}\n", []),
        ("func a() {\n    // }\n    /* } /* } */ */\n    \"}\"\n}\n", [Function(line: 1, length: 5)]),
        ("func a() {\n    \"\\(b.map { \"}\" })\"\n}\n", [Function(line: 1, length: 3)]),
        ("func a() {\n    \"\"\"\n    } \" }\n    \"\"\"\n}\n", [Function(line: 1, length: 5)]),
        ("func a() {\n    #\"}\" \\(\"#\n}\n", [Function(line: 1, length: 3)]),
        ("func a() {\n    func b() {\n    }\n}\n", [Function(line: 1, length: 4), Function(line: 2, length: 2)]),
        ("func a(b: () -> Void = {}) {\n}\n", [Function(line: 1, length: 2)]),
        ("static func == (a: A, b: A) -> Bool {\n    true\n}\n", [Function(line: 1, length: 3)]),
    ])
    func findsSwiftFunctions(text: String, expected: [Function]) {
        #expect(Function.ofSwift(SourceText(text)) == expected)
    }

    @Test(arguments: [
        ("int a(void)\n{\n  return 1;\n}\n", [Function(line: 2, length: 3)]),
        ("static int a(int b) {\n  if (b) {\n  }\n}\n", [Function(line: 1, length: 4)]),
        ("struct s {\n  int a;\n};\nint b[] = {1, 2};\nint c(void);\n", []),
        ("#define M(x) do { x; } while (0)\nint a(void) {\n  char c = '{';\n  char *s = \"}\";\n}\n", [Function(line: 2, length: 4)]),
    ])
    func findsCFunctions(text: String, expected: [Function]) {
        #expect(Function.ofC(SourceText(text)) == expected)
    }
}
