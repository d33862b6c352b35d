package dev.kasane.core.safetensors;

import java.util.Map;
import java.util.Set;

/**
 * What the header of one file says, checked.
 *
 * @param tensors by name, ordered by offset
 * @param metadata text pairs in file order; what is no text is there as the JSON that it is
 * @param foreignMetadata names of the metadata that are no text, against the format
 * @param dataStart offset of the first byte after the header
 */
record SafetensorsHeader(Map<String, TensorEntry> tensors, Map<String, String> metadata, Set<String> foreignMetadata,
    long dataStart) {}
