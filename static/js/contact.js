// The pages where a shopper writes. Both work without it.
import "./public/file-names.js";
import "./public/live-answers.js";
