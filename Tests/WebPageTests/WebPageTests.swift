import BrowserDriving
import Testing

/// The web page in a real browser. One test after the other: a browser takes all the processors that there are.
@Suite(.serialized) struct WebPageTests {}
