import {h} from "../view/dom.js";
import {head} from "../view/parts.js";

/** What is shown at a place where nothing is. @returns {import("../main.js").Page} */
export default (app, {path}) => ({
  title: "Nothing here",
  render: () => [head("Nothing here"),
    h("p", null, `There is no page ${path}. `, h("a", {href: "#/"}, "Go to the overview"), ".")],
});
