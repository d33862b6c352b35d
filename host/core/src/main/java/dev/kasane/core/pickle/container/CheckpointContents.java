package dev.kasane.core.pickle.container;

import java.util.Map;

/**
 * A checkpoint taken apart.
 *
 * @param root the unpickled value
 * @param storages where the storages are, by key
 * @param bigEndian whether elements are stored highest byte first
 */
public record CheckpointContents(Object root, Map<String, FileRegion> storages, boolean bigEndian) {}
