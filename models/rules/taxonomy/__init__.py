"""The coded words in which a consultation is described: one file per list, codes stable, words editable."""
