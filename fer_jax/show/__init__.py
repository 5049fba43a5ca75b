"""Pictures and pages, redrawn from saved runs; the only room that knows of matplotlib."""
