import {h} from "../view/dom.js";
import {button, head} from "../view/parts.js";

/** What is shown for a page that could not be had from the master. @returns {import("../main.js").Page} */
export default () => ({
  title: "Not loaded",
  render: () => [head("This page could not be loaded"),
    h("p", {class: "tools"}, "The master did not send it. When it answers again, the page can be loaded anew."),
    button("Load it anew", () => location.reload()),
],
});
