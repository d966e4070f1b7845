"""Files for others, made from the catalogue and the settings. Pure: data -> text."""
