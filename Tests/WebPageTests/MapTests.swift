import BrowserDriving
import Testing

extension WebPageTests {
    /// The map of machines draws only what is another, and looks as if all of it were drawn anew.
    @Suite struct Map {
        /// Draws a map of many machines step by step, and beside it each step on a new canvas. Says how many squares each step drew,
        /// and where the two differ.
        private static let script = """
            (async () => {
              const { MachineMap } = await import('/page/view/map.js');
              const agents = Array.from({length: 3000}, (_, number) => ({hostname: `h${number}`, use: (number % 10) / 10}));
              const make = (canvas) => {
                const box = document.createElement('div');
                box.style.setProperty('width', '800px');
                box.append(canvas);
                document.body.append(box);
                const map = new MachineMap(() => {}, () => {});
                map.agents = agents;
                map.part = (agent) => agent.use;
                map.mount(canvas);
                return map;
              };
              const frames = async () => { for (let n = 0; n < 3; n++) await new Promise(requestAnimationFrame); };
              let squares = 0;
              const fillRect = CanvasRenderingContext2D.prototype.fillRect;
              CanvasRenderingContext2D.prototype.fillRect = function (...place) {
                squares += 1;
                return fillRect.apply(this, place);
              };
              const canvas = document.createElement('canvas');
              const map = make(canvas);
              await frames();
              const key = (name) => canvas.dispatchEvent(new KeyboardEvent('keydown', {key: name}));
              const steps = {
                nothing: () => {},
                uses: () => { for (let n = 0; n < 30; n++) agents[n * 100].use = 1 - agents[n * 100].use + 0.01; },
                away: () => { agents[7].isAway = true; agents[8].isDeactivated = true; },
                chosen: () => { key('Home'); key('ArrowRight'); },
                other: () => key('ArrowDown'),
                none: () => key('Escape'),
                fewer: () => agents.splice(2000),
                dark: () => {
                  document.documentElement.dataset.scheme = 'dark';
                  dispatchEvent(new Event('schemechange'));
                },
              };
              const told = [];
              for (const [name, step] of Object.entries(steps)) {
                squares = 0;
                step();
                map.draw();
                await frames();
                const count = squares;
                const fresh = document.createElement('canvas');
                const other = make(fresh);
                await frames();
                // Only the first of the two has a square with a frame.
                const isChosen = name === 'chosen' || name === 'other';
                const isSame = canvas.toDataURL() === fresh.toDataURL();
                told.push(`${name} ${count}${isSame === isChosen ? ' differs' : ''}`);
                fresh.parentElement.remove();
              }
              return told.join(', ');
            })()
            """

        @Test func itDrawsWhatChanged() async throws {
            try await RunningMaster.with { master in
                try await Browser.with { browser in
                    try await browser.open("http://127.0.0.1:\(master.port)/")
                    try await browser.wait(for: "No machines yet")
                    let told = try await browser.value(Self.script)
                    #expect(told == "nothing 0, uses 30, away 2, chosen 0, other 1, none 1, fewer 2000, dark 2000")
                    #expect(browser.problems == [])
                }
            }
        }
    }
}
