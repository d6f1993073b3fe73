// Public pages: htmx for suggestions and votes, and the keyboard in the search box. Every page works without it.
import "../vendor/htmx.js";
import "./public/search-box.js";
