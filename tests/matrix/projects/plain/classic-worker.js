importScripts("node_modules/pallycon-drm/dist/pallycon-drm.global.js", "classic.js");
