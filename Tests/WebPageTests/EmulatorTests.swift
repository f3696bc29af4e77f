import BrowserDriving
import Testing

extension WebPageTests {
    /// What a terminal of ten columns and four rows shows after what programs write.
    @Suite struct Emulator {
        /// Text with `^` for escape, and the rows that it leads to, with `|` between them.
        private static let cases = [
            ("abc\r\ndef", "abc|def||"), ("abcdefghijkl", "abcdefghij|kl||"), ("abcdefghij\r\nx", "abcdefghij|x||"),
            ("1\r\n2\r\n3\r\n4\r\n5", "2|3|4|5"), ("^[2;3Hx^[A y", "    y|  x||"), ("abc^[1Gz", "zbc|||"), ("abc^[2D^[K", "a|||"),
            ("abc^[2D^[1K", "  c|||"), ("abcdef^[1G^[2P", "cdef|||"), ("abc^[1G^[2@", "  abc|||"), ("abcdef^[2G^[3X", "a   ef|||"),
            ("1\r\n2\r\n3\r\n4^[2;3r^[3;1H\nx", "1|3|x|4"), ("1\r\n2\r\n3^[1;1H^[L", "|1|2|3"), ("1\r\n2\r\n3^[1;1H^[M", "2|3||"),
            ("1\r\n2\r\n3\r\n4\r\n^M^M^M^Mtop", "top|2|3|4"), ("a\tb", "a       b|||"), ("abc\r\u{8}x", "xbc|||"),
            ("漢字漢字漢字", "漢字漢字漢|字||"), ("a漢\u{8}x", "a x|||"), ("e\u{301}x", "e\u{301}x|||"), ("^]0;title\u{7}ok", "ok|||"),
            ("^Pq^\\ok", "ok|||"), ("ab^[?1049hX^[?1049lc", "abc|||"), ("^[?7labcdefghijkl", "abcdefghil|||"), ("a^[3bx", "aaaax|||"),
            ("^(0lqk^(B", "┌─┐|||"), ("^7ab^8c", "cb|||"), ("a^[999999999999Cb", "a        b|||"), ("^[4habc^[1Gx", "xabc|||"),
            ("abc^[2J", "|||"), ("^[38;5;196mx^[48;2;1;2;3my", "xy|||"), ("^[?25l^[?1h^[?2004hx", "x|||"), ("\u{18}^[\u{18}ok", "ok|||"),
            ("^[1;2;3;4;5;6;7;8Qx", "x|||"), ("^[\(String(repeating: "1;", count: 9000))mok", "ok|||"), ("^ccleared", "cleared|||"),
        ]

        private static let run = """
            async (text) => {
              const { Screen } = await import('/page/terminal/screen.js');
              const { Parser } = await import('/page/terminal/parser.js');
              const screen = new Screen(10, 4);
              new Parser(screen, () => {}).write(new TextEncoder().encode(text.replaceAll('^', '\\x1b')));
              return [0, 1, 2, 3].map(row => screen.line(row).map(cell => cell.text).join('').trimEnd()).join('|');
            }
            """

        @Test func itShowsWhatProgramsMean() async throws {
            try await RunningMaster.with { master in
                try await Browser.with { browser in
                    try await browser.open("http://127.0.0.1:\(master.port)/")
                    try await browser.wait(for: "No machines yet")
                    for (text, rows) in Self.cases {
                        let shown = try await browser.value("(\(Self.run))(\(Browser.literal(text)))")
                        #expect(shown == rows, "\(text.prefix(80))")
                    }
                }
            }
        }

        @Test func itAnswersWhatProgramsAsk() async throws {
            let ask = """
                (async () => {
                  const { Screen } = await import('/page/terminal/screen.js');
                  const { Parser } = await import('/page/terminal/parser.js');
                  const said = [];
                  const parser = new Parser(new Screen(10, 4), text => said.push(text));
                  parser.write(new TextEncoder().encode('\\x1b[3;5H\\x1b[6n\\x1b[5n\\x1b[c'));
                  return said.join(' ').replaceAll('\\x1b', '^');
                })()
                """
            try await RunningMaster.with { master in
                try await Browser.with { browser in
                    try await browser.open("http://127.0.0.1:\(master.port)/")
                    try await browser.wait(for: "No machines yet")
                    #expect(try await browser.value(ask) == "^[3;5R ^[0n ^[?1;2c")
                }
            }
        }

        /// Bytes of any kind, at any size of the screen: it stays whole.
        @Test func nothingThatProgramsWriteBreaksIt() async throws {
            let fuzz = """
                (async () => {
                  const { Screen } = await import('/page/terminal/screen.js');
                  const { Parser } = await import('/page/terminal/parser.js');
                  let seed = 1;
                  const random = limit => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % limit;
                  const likely = [27, 91, 59, 63, 72, 74, 75, 109, 104, 108, 114, 76, 77];
                  for (let round = 0; round < 300; round++) {
                    const screen = new Screen(3 + random(40), 2 + random(20));
                    const parser = new Parser(screen, () => {});
                    for (let part = 0; part < 3; part++) {
                      parser.write(new Uint8Array(300).map(() => random(2) ? random(256) : likely[random(likely.length)]));
                      screen.resize(3 + random(40), 2 + random(20));
                    }
                    if (screen.row < 0 || screen.row >= screen.rows || screen.column < 0 || screen.column >= screen.columns) return `cursor, round ${round}`;
                    for (let row = 0; row < screen.rows; row++) for (const cell of screen.line(row)) if (!cell) return `cell, round ${round}`;
                  }
                  return 'whole';
                })()
                """
            try await RunningMaster.with { master in
                try await Browser.with { browser in
                    try await browser.open("http://127.0.0.1:\(master.port)/")
                    try await browser.wait(for: "No machines yet")
                    #expect(try await browser.value(fuzz) == "whole")
                }
            }
        }
    }
}
