package dev.kasane.core.safetensors;

import java.util.Map;

/**
 * What the header of one file says, checked.
 *
 * @param tensors by name, ordered by offset
 * @param metadata text pairs in file order
 * @param dataStart offset of the first byte behind the header
 */
record SafetensorsHeader(Map<String, TensorEntry> tensors, Map<String, String> metadata, long dataStart) {
}
