// The one entry: htmx first, then our elements, in one module graph so that nothing starts before what it needs.
import "../vendor/htmx.js";
import "./controllers/command-palette.js";
import "./controllers/composer-files.js";
import "./controllers/composer-form.js";
import "./controllers/composer-rich.js";
import "./controllers/draft-keeper.js";
import "./controllers/failure-notice.js";
import "./controllers/fit-frame.js";
import "./controllers/key-map.js";
import "./controllers/live-region.js";
import "./controllers/live-stream.js";
import "./controllers/mention-menu.js";
import "./controllers/presence-here.js";
import "./controllers/reply-coach.js";
import "./controllers/row-cursor.js";
import "./controllers/toast-note.js";
import "./controllers/undo-clock.js";
